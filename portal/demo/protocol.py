"""Protocol's settings for the Border Security Summit of 2025, and further people. All of it is illustrative.

The deadlines are before the summit. The first deadline is about a week after the demonstration is loaded.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from delegations.badges.models.transferable_passes import TransferablePassRule
from delegations.badges.services import transferable_passes
from delegations.members.models.categories import Capacity, Category
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars, PassportType, Sex
from delegations.members.models.quotas import Quota
from delegations.members.services import passport_digests
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from delegations.privacy.models import Retention
from delegations.travel.models.declarations import DeclarationKind
from delegations.zones.models import Zone
from portal.demo import names
from portal.demo.days import Days
from portal.demo.ids import Ids
from summit.audit import services as audit
from summit.core.personal_data import PersonalDataKind
from summit.people.models import Person
from summit.summits.models import Room, Summit
from summit.users.models import User

# Deadlines in days before the summit: to name people, to confirm them, and to declare items.
NAMED, CONFIRMED, DECLARED_BY = 10, 7, 5
# Days before the summit from which the public home lists the delegations.
LISTED = 6
TOTAL = 12
QUOTAS = {
    Capacity.HEAD: 1,
    Capacity.ALTERNATE: 1,
    Capacity.DELEGATE: 4,
    Capacity.ADVISER: 6,
    Capacity.SECURITY: 4,
    Capacity.INTERPRETER: 2,
    Capacity.SPOUSE: 1,
    Capacity.MEDIA: 3,
    Capacity.LIAISON: 1,
    Capacity.REPRESENTATIVE: 3,
    Capacity.STAFF: 4,
}
ZONES = (
    ("A", "Grounds and entrance"),
    ("B", "Long Gallery"),
    ("C", "Working rooms"),
    ("D", "Heads’ lounge"),
    ("M", "Press centre"),
)
# The rooms of each zone. The forecourt and the entrance are in zone A, where every badge leads.
LIES_IN = {
    "A": ("Grand Hall", "Forecourt"),
    "B": ("Long Gallery",),
    "C": ("Music Room", "State Drawing Room", "Gold Room", "Eagle Room"),
    "M": ("Press centre",),
}
OPENS = {
    # Ministers speak in the press centre.
    Capacity.HEAD: "ABCDM",
    Capacity.ALTERNATE: "ABCDM",
    Capacity.DELEGATE: "ABCM",
    Capacity.ADVISER: "AC",
    Capacity.SECURITY: "ABC",
    Capacity.INTERPRETER: "ABC",
    Capacity.SPOUSE: "A",
    Capacity.MEDIA: "AM",
    Capacity.LIAISON: "ABC",
    Capacity.REPRESENTATIVE: "ABC",
    Capacity.WORKFORCE: "ABC",
    Capacity.STAFF: "A",
}
DECLARED = (
    ("Weapons", {"fr": "Armes", "ar": "أسلحة"}, "Make, calibre and serial number"),
    ("Radios", {"fr": "Postes radio", "ar": "أجهزة لاسلكية"}, "Make and frequencies"),
    ("Medicines", {"fr": "Médicaments", "ar": "أدوية"}, "What it is and how much of it"),
)
# Further people of delegations, beside heads and directors; a few more for the large ones.
_ADVISER = ("Diplomatic Adviser", Capacity.ADVISER)
_INTERPRETER = ("Interpreter", Capacity.INTERPRETER)
_GUARD = ("Close Protection Officer", Capacity.SECURITY)
_LARGE = (_ADVISER, ("Head of the Border Police", Capacity.DELEGATE), _INTERPRETER, _GUARD)
BROUGHT: dict[str, tuple[tuple[str, Capacity], ...]] = {
    "France": (*_LARGE, ("Photographer of the Ministry", Capacity.MEDIA)),
    "Germany": _LARGE,
    "Italy": _LARGE,
    "Tunisia": (_ADVISER, _INTERPRETER, _GUARD),
    "United States": (*_LARGE, ("Second Close Protection Officer", Capacity.SECURITY)),
    "Kurdistan Regional Government": (_ADVISER, _INTERPRETER),
    "Kosovo": (_ADVISER,),
    "Interpol": (("Director of Operational Support", Capacity.DELEGATE), _ADVISER),
    "European Union": (("Director for Migration", Capacity.DELEGATE), _ADVISER),
    "Meta": (("Second Representative", Capacity.REPRESENTATIVE),),
}
# The parties with particulars of their people. The particulars of other people are still missing.
TOLD = ("France", "Germany", "Kurdistan Regional Government", "Interpol", "Kosovo", "Iraq", "Sweden")


@dataclass(frozen=True)
class CreatedObjects:
    """The objects created so far. The dicts are from the names that the data uses."""

    summit: Summit
    days: Days
    ids: Ids
    users: dict[str, User]
    categories: dict[str, Category]
    parties: dict[str, Party]


def load(created: CreatedObjects) -> None:
    """Create protocol's settings for the summit, and further people of its delegations."""
    policy = _policy(created)
    _categories(created, policy)
    _declarations(created)
    # Nothing is erased automatically, so that data entered in a long trial isn't lost.
    Retention.objects.bulk_create(
        Retention(summit=created.summit, what=what, days=None) for what in PersonalDataKind.values
    )
    for name, people in BROUGHT.items():
        for number, (office, capacity) in enumerate(people):
            _name(created, created.parties[name], office, capacity, 10 + number)
    for name in TOLD:
        _add_particulars(created.parties[name], created.days)
    transferable_passes.settle_summit(summit=created.summit, by=audit.SYSTEM)


def _policy(created: CreatedObjects) -> Policy:
    return Policy.objects.create(
        summit=created.summit,
        total=TOTAL,
        parties_public_at=created.days.evening(LISTED),
        name_by=created.days.evening(NAMED),
        confirm_by=created.days.evening(CONFIRMED),
        letter_sender="Home Office\n2 Marsham Street\nLondon SW1P 4DF\nUnited Kingdom",
        signatory_name="Border Security Commander",
        signatory_office="Home Office",
        letter_words=names.LETTERS,
        reference_prefix=f"BSS/{created.days.first.year}/",
    )


def _categories(created: CreatedObjects, policy: Policy) -> None:
    zones = {
        code: Zone.objects.create(summit=created.summit, code=code, name=name, position=n)
        for n, (code, name) in enumerate(ZONES)
    }
    for capacity, number in QUOTAS.items():
        created.categories[capacity].quota = number
    # Press cards are printed first, so their deadlines are earlier.
    created.categories[Capacity.MEDIA].name_by = created.summit.answer_by
    created.categories[Capacity.MEDIA].confirm_by = policy.name_by
    Category.objects.bulk_update(created.categories.values(), ["quota", "name_by", "confirm_by"])
    for code, names_of_rooms in LIES_IN.items():
        zones[code].rooms.set(Room.objects.filter(venue__summit=created.summit, name__in=names_of_rooms))
    for capacity, codes in OPENS.items():
        created.categories[capacity].zones.set([zones[code] for code in codes])
    host = next(party for party in created.parties.values() if party.is_host)
    by, reason = created.users["organiser"], "The host’s ministers and officials take part in turn."
    for category, number in ((created.categories[Capacity.DELEGATE], 20), (None, 40)):
        Quota.objects.create(party=host, category=category, number=number, reason=reason, set_by=by)
    seat = TransferablePassRule.objects.create(
        public_id=created.ids(), summit=created.summit, name="Note-taker’s seat", passes=1, people=3, most=3
    )
    seat.zones.set([zones["B"]])


def _declarations(created: CreatedObjects) -> None:
    until = created.days.evening(DECLARED_BY)
    DeclarationKind.objects.bulk_create(
        DeclarationKind(summit=created.summit, name=name, names=names, asks=asks, until=until, position=position)
        for position, (name, names, asks) in enumerate(DECLARED)
    )


def _name(created: CreatedObjects, party: Party, office: str, capacity: Capacity, position: int) -> None:
    person = Person.objects.create(
        public_id=created.ids(), summit=created.summit, office=f"{office}, {party.name}", language=party.language
    )
    Membership.objects.create(party=party, person=person, category=created.categories[capacity], position=position)


def _add_particulars(party: Party, days: Days) -> None:
    """Add arrival times and passport data to a party's people. The passports are marked as specimens."""
    rows = party.memberships.select_related("person").filter(person__user=None).order_by("position", "pk")
    for number, row in enumerate(rows):
        values = _values(party, number, days)
        particulars = Particulars(person=row.person, entered_for=party, **values)
        for name, digest in passport_digests.of(particulars).items():
            setattr(particulars, name, digest)
        particulars.save()


def _values(party: Party, number: int, days: Days) -> dict[str, Any]:
    code = party.iso_code or "".join(letter for letter in party.name if letter.isupper())[:3]
    arrives = days.at(-1, time(15, 20)) + timedelta(minutes=35 * number)
    return {
        "passport_name": f"SPECIMEN {code} {number + 1}",
        "sex": Sex.FEMALE if number % 2 else Sex.MALE,
        "birth_date": date(1962 + 3 * number, 1 + number, 11 + number),
        "nationality": party.iso_code if party.iso_code != "XK" else "",
        "passport_type": PassportType.DIPLOMATIC if number == 0 else PassportType.OFFICIAL,
        "passport_number": f"SPEC{code}{number + 1:04}",
        "passport_expiry": date(days.first.year + 6, 6, 30),
        "speaks": {"fr": "French, English", "ar": "Arabic, English"}.get(party.language, "English"),
        "arrives_at": arrives,
        "arrival_flight": f"Specimen {100 + number}",
        "departs_at": days.at(1, time(19, 45)),
        "departure_flight": f"Specimen {200 + number}",
        "hotel": "The delegations’ hotel",
        "diet": ("", "Vegetarian", "No nuts")[number % 3],
    }
