"""Registers the audit's texts for import files."""

from delegations.imports.models import DelegationImportFile
from summit.audit.actions import describe_model, personal

# Named by its purpose: a file's name may contain a person's name.
describe_model(DelegationImportFile, related=("summit",), name=lambda row: row.get_purpose_display())
personal(DelegationImportFile, "content", "filename", "report")
