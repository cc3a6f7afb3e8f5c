"""Recognises the columns of a table by their headings, in the languages of the system and by common synonyms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from django.utils.translation import gettext as _

from delegations.members import column_headings
from delegations.members.person_field_groups import COLUMNS
from summit.core.text_normalisation import fold
from summit.imports.definitions import ImportProblem
from summit.imports.row_numbers import NUMBER, NUMBERS, PUBLIC_ID

PARTY = ("party", "formal_name", "sort_key", "iso2", "iso3", "kind", "mission_email", "mission_phone", "mission_name")
# "head" is a column of names of heads of delegation.
PEOPLE = ("head", "category", *COLUMNS)
# The fields of people have their headings where they are declared (summit.core.personal_data).
_WORDS: dict[str, str] = {
    "party": "party, delegation, country, state, name of party, organisation, organization, company, short name, "
    "partie, délégation, pays, État, organisation, entreprise, الطرف, الوفد, الدولة, البلد, المنظمة, الشركة",
    "formal_name": "formal name, official name, nom officiel, dénomination officielle, الاسم الرسمي",
    "sort_key": "alphabetical key, sort key, clé alphabétique, clé de tri, مفتاح الترتيب, المفتاح الأبجدي",
    "iso2": "iso, iso 3166, iso3166, iso2, iso code, iso alpha 2, "
    " country code, code iso, code pays, رمز الدولة, رمز الأيزو",
    "iso3": "iso3, iso 3, iso alpha 3, alpha3, code iso3, iso_a3, رمز الدولة الثلاثي",
    "kind": "kind, kind of party, type of party, type, genre, type de partie, النوع, نوع الطرف",
    "mission_email": "mailbox of the mission, mission e-mail, mission email, embassy e-mail, courriel de la mission, "
    "adresse de la mission, بريد البعثة",
    "mission_phone": "telephone of the mission, mission telephone, embassy telephone, téléphone de la mission, "
    "هاتف البعثة",
    "mission_name": "mission, embassy, ambassade, البعثة, السفارة",
    "party_key": "party id, party key, external id, clé de la partie, identifiant de la partie, معرف الطرف",
    "person_key": "person id, person key, clé de la personne, identifiant de la personne, معرف الشخص",
    # Of our own exports alone: an “id” of another table is no number of ours.
    NUMBER: "number in the system",
    PUBLIC_ID: "public id",
    "head": "head, head of delegation, speaker, chef de délégation, orateur, رئيس الوفد, المتحدث",
    "category": "category, capacity, function, catégorie, qualité, الفئة, الصفة",
    **{name: column.personal_field.headings for name, column in COLUMNS.items()},
}


def plain(heading: str) -> str:
    """Return a heading in the form in which headings are compared: without accents, capitals, hyphens and signs."""
    return " ".join(re.findall(r"[^\W_]+", fold(heading.replace("-", ""))))


def headings(words_of: Mapping[str, str]) -> dict[str, str]:
    """Return a dict from each heading to its column.

    `words_of` is a dict from columns to their headings, with commas between them. Raises ImproperlyConfigured if a
    heading is empty, has the comma of another script, or belongs to two columns.
    """
    known: dict[str, str] = {}
    for name, words in words_of.items():
        for word in words.split(","):
            if not plain(word) or set(word) & {"،", ";", "؛"}:
                raise ImproperlyConfigured(f"{name}: “{word}” is no heading. Write commas between the headings.")
            if known.setdefault(plain(word), name) != name:
                raise ImproperlyConfigured(f"“{word.strip()}” is a heading of {known[plain(word)]} and of {name}.")
    return known


_KNOWN = headings(_WORDS)


@cache
def _labels() -> dict[str, str]:
    """Return a dict from the headings of our own tables, in each language of the system, to the columns."""
    column_by_label: dict[str, str] = {}
    for language, _label in settings.LANGUAGES:
        with translation.override(language):
            column_by_label |= {plain(column_headings.heading(name)): name for name in _WORDS}
    return column_by_label


@dataclass(frozen=True)
class Columns:
    """The recognised columns of a table.

    `known` is a dict from a column's place to its name. `unknown` and `twice` are headings that aren't used, for the
    report.
    """

    known: dict[int, str]
    unknown: list[str]
    twice: list[str]

    def has(self, *names: str) -> bool:
        """Return whether at least one of these columns was recognised."""
        return bool(set(names) & set(self.known.values()))

    def check_identify(self, *, of_party: bool) -> None:
        """Raise ImportProblem if no column says who is meant: a party, or in a party's own table, a person."""
        people, parties = ("name", "office", "head"), ("party", "iso2", "iso3", "party_key")
        if not self.has(*(people if of_party else parties), *NUMBERS):
            raise ImportProblem(
                _(
                    "No column identifies delegations or people. Name the columns in the first row, such as "
                    "“delegation” and “name”."
                )
            )


def recognise(headings: list[str]) -> Columns:
    """Return the columns for a row of headings. If two headings mean the same column, the first is used."""
    known: dict[int, str] = {}
    unknown, twice = [], []
    for place, heading in enumerate(headings):
        plain_heading = plain(heading)
        name = _KNOWN.get(plain_heading) or _labels().get(plain_heading) or plain_heading.replace(" ", "_")
        if name not in _WORDS:
            unknown += [heading] if heading else []
        elif name in known.values():
            twice.append(heading)
        else:
            known[place] = name
    return Columns(known, unknown, twice)


def recognised(cells: list[str]) -> int:
    """Return how many of a row's cells are known headings."""
    return len(recognise(cells).known)
