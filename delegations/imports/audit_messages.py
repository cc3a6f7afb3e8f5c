"""Registers the audit's texts for import files."""

from django.utils.translation import gettext_lazy

from delegations.imports.models import DelegationImportFile
from summit.audit.actions import describe_action, describe_model

describe_action("delegations.read_in", gettext_lazy("read people and parties from a table"))
describe_action("delegations.delegationimportfile.add", gettext_lazy("uploaded a table of parties or people"))
describe_action("delegations.delegationimportfile.answer", gettext_lazy("decided what an uploaded table asks"))
describe_action("delegations.delegationimportfile.remove", gettext_lazy("deleted an uploaded table"))
# Named by its purpose: a file's name may contain a person's name.
describe_model(DelegationImportFile, related=("summit",), name=lambda row: row.get_purpose_display())
