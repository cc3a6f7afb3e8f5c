"""Finding the country that a name means. Accents, apostrophes and articles don't matter.

The names of ISO 3166 and of the United Nations in six languages are recognised, and other names in common use. This
only identifies the country: the host decides on the name of a party and whether it recognises it.
"""

import gettext
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache

import pycountry
from django.conf import settings
from django.utils import translation
from django_countries import countries

from delegations.parties.models.parties import Party
from delegations.parties.nationality_choices import KOSOVO, name_of
from summit.core.text_normalisation import fold

# The official languages of the United Nations except English, by the codes of pycountry.
_LANGUAGES = ("ar", "zh_CN", "fr", "ru", "es")
# Names in common use that neither library has.
_ALIASES = {
    "AE": "UAE; Emirates",
    "BA": "Bosnia",
    "BN": "Brunei",
    "CD": "DRC; DR Congo; Congo-Kinshasa; Democratic Republic of the Congo; RDC; République démocratique du Congo",
    "CF": "CAR; RCA",
    "CG": "Congo-Brazzaville",
    "CI": "Ivory Coast",
    "CN": "PRC; PR China; RPC",
    "CV": "Cape Verde",
    "CZ": "Czech Republic",
    "FM": "Micronesia",
    "GB": "UK; U.K.; Great Britain; Britain; Royaume-Uni",
    "KP": "DPRK; North Korea; RPDC",
    "KR": "ROK; South Korea; R of Korea",
    "LA": "Lao; Laos; Lao PDR",
    "MD": "Moldova",
    "MK": "Macedonia; FYROM",
    "MM": "Burma",
    "NL": "Holland",
    "PG": "PNG",
    "PS": "Palestine",
    "RU": "Russia; Россия",
    "SA": "KSA",
    "ST": "Sao Tome",
    "SY": "Syria",
    "SZ": "Swaziland",
    "TL": "East Timor",
    "TR": "Turkey",
    "TW": "Taiwan",
    "TZ": "Tanzania",
    "US": "USA; U.S.A.; U.S.; US; America",
    "VA": "Vatican; Vatican City; Saint-Siège",
    "VN": "Vietnam",
    KOSOVO: "Kosovo; Republic of Kosovo; Kosova; République du Kosovo; República de Kosovo; Косово; كوسوفو; 科索沃",
}
# Names of organisations that are represented like states.
_INTERNATIONAL = (
    "European Union; EU; Union européenne; UE; Unión Europea; Европейский союз; الاتحاد الأوروبي; 欧洲联盟; 欧盟; "
    "African Union; Union africaine; Unión Africana; Африканский союз; الاتحاد الأفريقي; 非洲联盟; "
    "United Nations; UN; Nations Unies; ONU; Naciones Unidas; Организация Объединенных Наций; الأمم المتحدة; 联合国"
)
# The similarity from which two names may be the same, one of them misspelt.
NEAR = 0.84
_APOSTROPHES = re.compile("['’‘ʼ`´.]")
# Words that are written short: "St. Lucia" is Saint Lucia.
_WHOLE = {"st": "saint", "ste": "sainte"}
_SMALL = {"the", "and", "of", "la", "le", "les", "el", "et", "y"}


def plain(name: str) -> str:
    """Return a name in the form in which names are compared: folded, without apostrophes, signs and small words.

    A name of small words only keeps them.
    """
    words = [_WHOLE.get(word, word) for word in re.findall(r"\w+", fold(_APOSTROPHES.sub("", name)))]
    return " ".join([word for word in words if word not in _SMALL] or words)


def _turned(name: str) -> Iterator[str]:
    """Yield a name and its variants in natural order, such as "Republic of Korea" for "Korea, Republic of"."""
    yield name
    head, comma, rest = name.partition(", ")
    if comma:
        yield f"{rest} {head}"
    outer, bracket, inner = name.partition(" (")
    if bracket:
        yield from (outer, inner.rstrip(")"), f"{inner.rstrip(')')} {outer}")


def _names() -> Iterator[tuple[str, str]]:
    """Yield all recognised names, as (name, country code)."""
    translators: list[Callable[[str], str]] = [str]
    translators += [
        gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language]).gettext for language in _LANGUAGES
    ]
    for row in pycountry.countries:
        official_names = [getattr(row, name, "") for name in ("name", "official_name", "common_name")]
        for name in filter(None, official_names):
            for translated in translators:
                yield from ((each, row.alpha_2) for each in _turned(translated(name)))
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            yield from ((str(name), str(code)) for code, name in countries)
    for code, names in _ALIASES.items():
        yield from ((name, code) for name in names.split("; "))


@cache
def _codes() -> dict[str, str]:
    rows = pycountry.countries
    codes = {code.lower(): row.alpha_2 for row in rows for code in (row.alpha_2, row.alpha_3)}
    return codes | {"xk": KOSOVO, "xkx": KOSOVO}


@cache
def _codes_by_name() -> dict[str, str]:
    codes_by_name: defaultdict[str, set[str]] = defaultdict(set)
    for name, code in _names():
        codes_by_name[plain(name)].add(code)
    # A name that two countries share is ambiguous and left out.
    return {name: codes.pop() for name, codes in codes_by_name.items() if len(codes) == 1 and name}


def code_of(name: str) -> str:
    """Return the two-letter ISO 3166 code of the country with this name or code, or ""."""
    return _codes().get(name.strip().lower(), "") or code_of_name(name)


@lru_cache(1000)
def code_of_name(name: str) -> str:
    """Return the code of the country with this name, or "".

    A bare code isn't accepted, because an organisation may have such a name.
    """
    stripped = name.strip()
    # The variants of "Netherlands (Kingdom of the)" are tried too. Shorter variants aren't: "Congo (Democratic
    # Republic of the)" must not become "Congo".
    forms = [stripped, *(each for each in _turned(stripped) if len(plain(each)) >= len(plain(stripped)))]
    codes = (_codes_by_name().get(plain(form)) for form in forms)
    return next((code for code in codes if code), "")


@cache
def _standard_names(code: str, language: str) -> frozenset[str]:
    """Return the names of a country in a language that the standard has, in natural order."""
    row = pycountry.countries.get(alpha_2=code)
    names = [getattr(row, name, "") for name in ("name", "official_name", "common_name")]
    if language != "en":
        translator = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, [language], fallback=True)
        names = [translated for name in names if name and (translated := translator.gettext(name)) != name]
    forms = [form for name in [*names, country_name(code, language)] if name for form in _turned(name)]
    return frozenset(form.casefold() for form in forms if "," not in form and "(" not in form)


def is_standard_name(name: str, code: str, language: str) -> bool:
    """Return whether the standard has this name of a country in a language, rather than another or a former one."""
    return name.strip().casefold() in _standard_names(code, language)


def country_name(code: str, language: str) -> str:
    """Return the name of the country with this code in a language."""
    with translation.override(language):
        return name_of(code)


@cache
def _international() -> frozenset[str]:
    return frozenset(plain(name) for name in _INTERNATIONAL.split("; "))


def is_international(name: str) -> bool:
    """Return whether this is a name of an international organisation that is represented like a state."""
    return plain(name) in _international()


@lru_cache(1000)
def near_codes(name: str) -> list[str]:
    """Return the codes of at most three countries with a name similar to `name`, the most similar first."""
    matches = get_close_matches(plain(name), _codes_by_name(), n=6, cutoff=NEAR)
    return list(dict.fromkeys(_codes_by_name()[match] for match in matches))[:3]


def near(name: str, parties: Mapping[str, Party]) -> list[Party]:
    """Return at most three parties with a name similar to `name`, which is no party's name.

    `parties` is a dict from name, in the form that `plain` returns, to party.
    """
    matches = get_close_matches(plain(name), parties, n=3, cutoff=NEAR)
    return list({id(parties[match]): parties[match] for match in matches}.values())
