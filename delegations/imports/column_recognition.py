"""Recognises the columns of a table by their headings, in the languages of the system and by common synonyms."""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import translation

from delegations.members import column_headings
from delegations.members.field_groups import PARTICULARS, PERSON
from summit.core.text_normalisation import fold

PARTY = ("party", "formal_name", "sort_key", "iso2", "iso3", "kind", "mission_email", "mission_phone", "mission_name")
KEYS = ("party_key", "person_key")
# "head" is a column of names of heads of delegation.
PEOPLE = ("head", "category", *PERSON, *PARTICULARS)
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
    "head": "head, head of delegation, speaker, chef de délégation, orateur, رئيس الوفد, المتحدث",
    "category": "category, capacity, function, catégorie, qualité, الفئة, الصفة",
    "name": "name, full name, person, nom, nom complet, الاسم, الاسم الكامل",
    "office": "office, office held, post, position, title, job title, function held, fonction, poste, titre, المنصب, "
    "الوظيفة",
    "form_of_address": "form of address, honorific, civilité, formule d’appel, صيغة المخاطبة, اللقب",
    "rank": "rank, rang, grade, الرتبة",
    "badge_name": "name for the badge, badge name, nom pour le badge, nom sur le badge, الاسم على البطاقة",
    "card_name": "name for the place card, place card, nom pour le carton de table, الاسم على بطاقة المقعد",
    "email": "e-mail, email, mail, mailbox, courriel, adresse électronique, البريد الإلكتروني",
    "language": "language, language of letters, langue, langue des lettres, اللغة, لغة المراسلة",
    "time_zone": "time zone, timezone, fuseau horaire, المنطقة الزمنية",
    "passport_name": "name as in the passport, passport name, nom figurant sur le passeport, الاسم كما في جواز السفر",
    "sex": "sex, gender, sexe, الجنس",
    "birth_date": "date of birth, birth date, born, date de naissance, né le, تاريخ الميلاد",
    "birth_place": "place of birth, birth place, lieu de naissance, مكان الميلاد",
    "nationality": "nationality, citizenship, nationalité, الجنسية",
    "passport_type": "kind of passport, passport type, type de passeport, نوع جواز السفر",
    "passport_number": "passport number, passport no, passport, numéro de passeport, n° de passeport, رقم جواز السفر",
    "passport_issuer": "issued by, passport issuer, délivré par, جهة الإصدار",
    "passport_expiry": "valid until, passport expiry, expiry date, date d’expiration, valable jusqu’au, "
    "تاريخ الانتهاء",
    "diet": "dietary needs, diet, dietary requirements, régime alimentaire, besoins alimentaires, "
    "الاحتياجات الغذائية",
    "access": "access needs, accessibility, besoins d’accessibilité, احتياجات الوصول",
    "speaks": "languages spoken, speaks, langues parlées, اللغات",
    "arrives_at": "arrives, arrival, arrival date, arrivée, date d’arrivée, الوصول, موعد الوصول",
    "arrival_flight": "arriving flight, arriving flight or train, arrival flight, vol d’arrivée, رحلة الوصول",
    "departs_at": "departs, departure, departure date, départ, date de départ, المغادرة, موعد المغادرة",
    "departure_flight": "departing flight, departing flight or train, departure flight, vol de départ, رحلة المغادرة",
    "hotel": "hotel, hôtel, الفندق",
    "vehicle": "vehicle, car, véhicule, المركبة",
}


def plain(heading: str) -> str:
    """Return a heading in the form in which headings are compared: without accents, capitals, hyphens and signs."""
    return " ".join(re.findall(r"[^\W_]+", fold(heading.replace("-", ""))))


_KNOWN: dict[str, str] = {plain(word): name for name, words in _WORDS.items() for word in words.split(",")}


@cache
def _labels() -> dict[str, str]:
    """Return a dict from the headings of our own tables, in each language of the system, to the columns."""
    column_by_label: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
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
