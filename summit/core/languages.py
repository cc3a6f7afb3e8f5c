"""Names, writing directions and choices of languages, and the languages of the interface."""

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info, gettext_lazy

from summit.core.text_normalisation import fold

RIGHT_TO_LEFT_MARK = "\u200f"


def spoken(language: str) -> str:
    """Return the language if the interface is translated into it, or else the default language (English)."""
    return language if language in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE


def with_direction_mark(text: str, language: str) -> str:
    """Return the text of a mail; in a right-to-left language, put an invisible direction mark before it.

    Mail programs derive the direction from the first letter. In an Arabic text this may be a letter of a Latin name.
    """
    return f"{RIGHT_TO_LEFT_MARK}{text}" if direction(language) == "rtl" else text


def direction(code: str) -> str:
    """Return the writing direction of a language: "rtl" or "ltr", for an unknown code "ltr"."""
    try:
        return "rtl" if code in _FURTHER_FROM_THE_RIGHT or get_language_info(code)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


# Languages that are spoken at summits but have no name in Django.
_FURTHER = {
    "zh": gettext_lazy("Chinese"),
    "am": gettext_lazy("Amharic"),
    "prs": gettext_lazy("Dari"),
    "fil": gettext_lazy("Filipino"),
    "ha": gettext_lazy("Hausa"),
    "lo": gettext_lazy("Lao"),
    "mt": gettext_lazy("Maltese"),
    "ps": gettext_lazy("Pashto"),
    "si": gettext_lazy("Sinhala"),
    "so": gettext_lazy("Somali"),
    "ti": gettext_lazy("Tigrinya"),
    "yo": gettext_lazy("Yoruba"),
}
# The names of these languages in the languages themselves.
_FURTHER_THEMSELVES = {
    "zh": "中文",
    "am": "አማርኛ",
    "prs": "دری",
    "fil": "Filipino",
    "ha": "Hausa",
    "lo": "ລາວ",
    "mt": "Malti",
    "ps": "پښتو",
    "si": "සිංහල",
    "so": "Soomaali",
    "ti": "ትግርኛ",
    "yo": "Yorùbá",
}
_FURTHER_FROM_THE_RIGHT = frozenset({"prs", "ps"})
# Constructed languages (eo, ia, io), and two of Django's three codes for Norwegian.
_NO_TONGUES = frozenset({"eo", "ia", "io", "nb", "nn"})
_TONGUES = ({code for code in LANG_INFO if "-" not in code} | set(_FURTHER)) - _NO_TONGUES
# The official languages of the United Nations, in the order of the English alphabet.
UNITED_NATIONS = ("ar", "zh", "en", "fr", "ru", "es")


def language_name(code: str) -> str:
    """Return the name of a language in the active language, or the code if it is unknown."""
    if code in _FURTHER:
        return str(_FURTHER[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def calls_itself(code: str) -> str:
    """Return the name of a language in this language, such as "Français", or the code if it is unknown."""
    known = dict(settings.LANGUAGES) | _FURTHER_THEMSELVES
    if code in known:
        return str(known[code])
    try:
        name = str(get_language_info(code)["name_local"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def is_language_code(code: str) -> bool:
    """Return whether a code is one of those that `language_choices` offers."""
    return code in _TONGUES


def language_choices() -> list[tuple[str, str]]:
    """Return (code, name) for each spoken language, with the name in the active language.

    The six languages of the United Nations come first, then the others, sorted by name.
    """
    others = [(code, language_name(code)) for code in _TONGUES - set(UNITED_NATIONS)]
    return [(code, language_name(code)) for code in UNITED_NATIONS] + sorted(others, key=lambda entry: fold(entry[1]))
