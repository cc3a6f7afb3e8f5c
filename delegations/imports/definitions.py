"""The imports of parties and of people from tables."""

from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.badges.models.transferable_passes import TransferablePass
from delegations.core import table_writers
from delegations.imports import column_recognition
from delegations.imports.models import TableKind
from delegations.imports.selectors.existing_rows import ExistingRows
from delegations.imports.selectors.plan_types import ImportPlan
from delegations.imports.services import importer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import ExternalId, Party
from summit.audit.services import By
from summit.import_export.exported_lists import FURTHER, name_of
from summit.imports.definitions import ImportProblem, Upload, WrittenModel, register
from summit.imports.report import ImportReport
from summit.imports.row_numbers import NUMBERS
from summit.imports.table_definitions import TableImport, table_of
from summit.imports.table_parsing import Recognised, Table
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

# The most rows of a focal point's table. A delegation has fewer people than that.
MOST_OF_PARTY = 400
# The lists of the desk that export all fields which such a table may have.
LISTS = {TableKind.PARTIES: Party._meta.label_lower, TableKind.PEOPLE: Person._meta.label_lower}
# What links to tables are called, by their kind and format.
LABELS = {
    (TableKind.PARTIES, table_writers.XLSX): gettext_lazy("Delegations (XLSX)"),
    (TableKind.PARTIES, table_writers.CSV): gettext_lazy("Delegations (CSV)"),
    (TableKind.PEOPLE, table_writers.XLSX): gettext_lazy("People (XLSX)"),
    (TableKind.PEOPLE, table_writers.CSV): gettext_lazy("People (CSV)"),
}
Prepared = tuple[ImportPlan, ExistingRows]


class DelegationImport(TableImport[Prepared]):
    """A table of parties or people. A desk's rows may name any party; a focal point's are people of its own party.

    The whole table is written in one transaction, because a row may depend on those above it: a quota, a second head
    of delegation, a repeated name.
    """

    permission = "delegations.read_in"
    about_label: str | Promise = gettext_lazy("Person")
    writes = (
        WrittenModel(Party, "summit"),
        WrittenModel(Person, "summit"),
        WrittenModel(ExternalId, "summit"),
        WrittenModel(Particulars, "person__summit"),
        WrittenModel(Membership, "party__summit"),
        WrittenModel(DuplicateCandidate, "person__summit"),
        WrittenModel(TransferablePass, "party__summit", deletes=True),
    )

    def __init__(self, kind: TableKind, label: str | Promise) -> None:
        self.kind, self.label = str(kind), label
        self.export = name_of(LISTS[kind], FURTHER)
        if kind == TableKind.PARTIES:
            self.about_label = gettext_lazy("Delegation")

    def check_permission(self, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise PermissionDenied unless `by` may import tables into the summit, or as a focal point of the party."""
        importer.check_may(summit, party_of(summit, party_key), by)

    def exports(self, *, summit: Summit, party_key: str, by: By) -> list[tuple[str, str]]:
        """Return the exports with every field: of the list of the desk, or of a focal point's people.

        There are none for a desk that doesn't see the list.
        """
        query: dict[str, str | int] = {}
        desk = isinstance(by, User) and allows(by, f"{LISTS[TableKind(self.kind)]}.view", summit)
        if not party_key and not desk:
            return []
        if party_key:
            address = reverse("portal:people_export", args=[party_key])
        else:
            address = reverse(f"admin:{LISTS[TableKind(self.kind)].replace('.', '_')}_export")
            query = {"summit__id__exact": summit.pk, "summit": summit.slug}
        return [
            (f"{address}?{urlencode({**query, 'take': ending})}", str(label))
            for (kind, ending), label in LABELS.items()
            if kind == self.kind
        ]

    def subject(self, *, summit: Summit, party_key: str) -> Model:
        """Return the party of the focal point who imports the table, or the summit."""
        return party_of(summit, party_key) or summit

    def recognised(self, by: By) -> Recognised:
        """Return a function that counts how many of a row's cells are known headings."""
        return column_recognition.recognised

    def check_table(self, table: Table, *, summit: Summit, party_key: str, by: By) -> None:
        """Raise ImportProblem if a focal point's table is too long, or if no column says who is meant."""
        if party_key and len(table.rows) > MOST_OF_PARTY:
            message = _("The file has more than %(n)d rows. Choose a file with only your own people.")
            raise ImportProblem(message % {"n": MOST_OF_PARTY})
        columns = column_recognition.recognise(table.headings)
        if self.kind == TableKind.PEOPLE and not columns.has("name", "office", "head", *NUMBERS):
            raise ImportProblem(_("No column has names. Call one “name” or “office held” in the first row."))
        columns.check_identify(of_party=bool(party_key))

    def prepare(self, upload: Upload, rows: slice) -> Prepared:
        """Return the plan of what the table writes, and the rows that the summit has already."""
        return importer.plan(
            summit=upload.summit,
            table=table_of(upload),
            by=upload.by,
            party=party_of(upload.summit, upload.party_key),
            answers=upload.answers,
            of_people=self.kind == TableKind.PEOPLE,
        )

    def preview(self, upload: Upload) -> ImportReport:
        """Return the report on what the table would write."""
        return self.prepare(upload, slice(None))[0].report

    def lock(self, upload: Upload) -> None:
        """Lock the summit and its parties, or only the focal point's party."""
        importer.lock(upload.summit, party_of(upload.summit, upload.party_key))

    def write(self, upload: Upload, prepared: Prepared) -> ImportReport:
        """Write the planned rows, and return the report on them."""
        plan, known = prepared
        importer.store(plan, known, party=party_of(upload.summit, upload.party_key), by=upload.by)
        return plan.report


def party_of(summit: Summit, party_key: str) -> Party | None:
    """Return the party with a public id, or None for "". Raises ImportProblem if there is no such party any more."""
    if not party_key:
        return None
    party = Party.objects.select_related("summit").filter(summit=summit, public_id=party_key).first()
    if party is None:
        raise ImportProblem(_("The delegation this file belongs to no longer exists. Delete the file."))
    return party


PARTIES = register(DelegationImport(TableKind.PARTIES, TableKind.PARTIES.label))
PEOPLE = register(DelegationImport(TableKind.PEOPLE, TableKind.PEOPLE.label))
