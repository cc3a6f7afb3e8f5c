"""What a list of parties, people or invitations offers beside its rows: a table to upload, and files to take."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from delegations.models import SheetPurpose
from summit.desk.header import chosen_summit, summits_of
from summit.permissions import allows


class ToolsMixin:
    """Gives a list its tools: addresses with what they are called."""

    # What a table that is uploaded here holds; "" where none is.
    uploads = ""

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Let the list know its tools."""
        found: Any = super().get_changelist_instance(request)  # type: ignore[misc]
        found.tools = self.tools(request)
        return found

    def tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return what stands at the head of the list for this reader."""
        if not self.uploads or not allows(request.user, "delegations.read_in", None):
            return []
        words = {SheetPurpose.PARTIES.value: _("Upload parties"), SheetPurpose.PEOPLE.value: _("Upload people")}
        summit = chosen_summit(request, summits_of(request))
        asked = {"purpose": self.uploads, **({"summit": summit.slug} if summit else {})}
        return [(f"{reverse('admin:delegations_sheet_upload')}?{urlencode(asked)}", words[self.uploads])]
