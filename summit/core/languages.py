"""Which languages the system itself speaks, and from which side they are read."""

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info, gettext_lazy

from summit.core.text_normalisation import fold

RIGHT_TO_LEFT_MARK = "\u200f"


def spoken(language: str) -> str:
    """Return a language that pages and mails have a catalogue for: the one asked for, or else English."""
    return language if language in settings.INTERFACE_LANGUAGES else settings.LANGUAGE_CODE


def begun(text: str, language: str) -> str:
    """Return the text of a mail as it begins in its language. Programs for mail take the side from which a text is
    read from its first letter: an Arabic one that begins with a Latin name gets an invisible mark before it."""
    return f"{RIGHT_TO_LEFT_MARK}{text}" if direction(language) == "rtl" else text


def direction(code: str) -> str:
    """Return from which side a language that people speak is read: "rtl" or "ltr", which stands for all that nobody
    has named."""
    try:
        return "rtl" if code in _FURTHER_FROM_THE_RIGHT or get_language_info(code)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


# Languages that are spoken at summits and that the framework doesn't name.
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
# What those who speak them call them.
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
# Codes of a spelling or a country, of languages that were made up, and two of three for Norwegian.
_NO_TONGUES = frozenset({"eo", "ia", "io", "nb", "nn"})
_TONGUES = ({code for code in LANG_INFO if "-" not in code} | set(_FURTHER)) - _NO_TONGUES
# The official languages of the United Nations, in the order of the English alphabet.
UNITED_NATIONS = ("ar", "zh", "en", "fr", "ru", "es")


def tongue(code: str) -> str:
    """Return what a language that people speak is called in the reader's; its code where nobody has named it."""
    if code in _FURTHER:
        return str(_FURTHER[code])
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def calls_itself(code: str) -> str:
    """Return what a language is called in itself, as readers look for it; its code where nobody has named it."""
    known = dict(settings.LANGUAGES) | _FURTHER_THEMSELVES
    if code in known:
        return str(known[code])
    try:
        name = str(get_language_info(code)["name_local"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def is_tongue(code: str) -> bool:
    """Return whether a code names a language that people speak, of those offered by `tongues`."""
    return code in _TONGUES


def tongues() -> list[tuple[str, str]]:
    """Return the languages that people speak, as choices: the United Nations' six, then the others by their names in
    the reader's language."""
    others = [(code, tongue(code)) for code in _TONGUES - set(UNITED_NATIONS)]
    return [(code, tongue(code)) for code in UNITED_NATIONS] + sorted(others, key=lambda entry: fold(entry[1]))
