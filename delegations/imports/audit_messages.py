"""What the audit calls what happens to uploaded tables."""

from django.utils.translation import gettext_lazy

from delegations.imports.models import Sheet
from summit.audit.actions import deed, personal, thing

deed("delegations.read_in", gettext_lazy("read people and parties from a table"))
deed("delegations.sheet.add", gettext_lazy("uploaded a table of parties or people"))
deed("delegations.sheet.answer", gettext_lazy("decided what an uploaded table asks"))
deed("delegations.sheet.remove", gettext_lazy("deleted an uploaded table"))
# By what it holds: a file's name may be a person's.
thing(Sheet, related=("summit",), name=lambda row: row.get_purpose_display())
personal(Sheet, "content", "filename", "report")
