"""The liaison officers of the demonstration, and contacts of some delegations."""

from collections.abc import Mapping

from delegations.contacts.models import Contact, ContactRole
from delegations.liaison.models import LiaisonOfficer
from delegations.parties.models.parties import Party
from portal.demo.accounts import DOMAIN
from portal.demo.ids import Ids
from summit.people.models import Person
from summit.summits.models import Summit

# Each officer's mailbox, hours, and delegations.
OFFICERS = (
    ("liaison", "07:00–22:00", ("France", "Tunisia", "Italy")),
    ("liaison-2", "07:00–22:00", ("Germany", "Sweden", "United States")),
    ("liaison-3", "22:00–07:00", ("France", "Germany")),
)
# The contacts of some delegations: role, office and the end of the telephone number, which Ofcom keeps for drama.
CONTACTS = {
    "France": (
        (ContactRole.PRIVATE_OFFICE, "Chief of staff of the Minister", "201"),
        (ContactRole.CHIEF_OF_PROTOCOL, "Deputy chief of protocol", "202"),
        (ContactRole.SECURITY, "Head of close protection", "203"),
        (ContactRole.PRESS, "Spokesperson of the ministry", "204"),
        (ContactRole.DUTY_OFFICER, "", "205"),
    ),
    "Italy": (
        (ContactRole.CHIEF_OF_PROTOCOL, "Head of the ministry’s protocol office", "206"),
        (ContactRole.DUTY_OFFICER, "", "207"),
    ),
    "Tunisia": ((ContactRole.PRIVATE_OFFICE, "Head of the Minister’s private office", "208"),),
}


def load(summit: Summit, parties: Mapping[str, Party]) -> None:
    """Create the officers and the contacts. `parties` are the summit's parties by name."""
    ids = Ids(slug=f"{summit.slug}/liaison")
    for number, (box, hours, served) in enumerate(OFFICERS, start=1):
        person = Person.objects.create(
            public_id=ids(),
            summit=summit,
            office=f"Liaison officer {number}, Home Office",
            email=f"{box}@{DOMAIN}",
            phone=f"+44 7700 9001{number:02}",
        )
        officer = LiaisonOfficer.objects.create(public_id=ids(), summit=summit, person=person, hours=hours)
        officer.parties.set([parties[name] for name in served])
    Contact.objects.bulk_create(
        Contact(party=parties[name], role=role, office=office, phone=f"+44 7700 900{end}")
        for name, rows in CONTACTS.items()
        for role, office, end in rows
    )
