"""The messages that describe the audit's entries about import files."""

from django.utils.translation import gettext_lazy, ngettext

from summit.audit.actions import Facts, describe_action, describe_model, personal
from summit.imports.models import ImportFile
from summit.templatetags.moments import short_clock


def _imported(facts: Facts) -> str:
    number = int(facts.detail.get("new", 0)) + int(facts.detail.get("changed", 0))
    message = ngettext(
        "imported a file (%(number)d entry added or changed)",
        "imported a file (%(number)d entries added or changed)",
        number,
    )
    return message % {"number": number}


describe_action("summit.importfile.add", gettext_lazy("uploaded a file to import"))
describe_action("summit.importfile.answer", gettext_lazy("answered the questions about a file"))
describe_action("summit.importfile.apply", _imported, label=gettext_lazy("imported a file"))
describe_action("summit.importfile.undo", gettext_lazy("undid the import of a file"))
describe_action("summit.importfile.undo_row", gettext_lazy("undid the import that wrote this"))
describe_action("summit.importfile.remove", gettext_lazy("deleted an import file"))
# A file is named by its upload time, because its own name may contain a person's name.
describe_model(ImportFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
personal(ImportFile, "answers", "content", "filename", "journal", "options", "report")
