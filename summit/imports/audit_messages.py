"""How the audit names import files."""

from summit.audit.actions import describe_model
from summit.imports.models import ImportFile
from summit.templatetags.moments import short_clock

# A file is named by its upload time, because its own name may contain a person's name.
describe_model(ImportFile, related=("summit",), name=lambda row: short_clock(row.uploaded_at, row.summit))
