"""Mixins that show a row's party by its name in the user's language, in lists and on the row's page."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from delegations.parties.models.parties import Party
from delegations.parties.party_display import line
from delegations.parties.selectors import footnotes, party_names
from summit.permissions.rules import allows


class ReadsAsParty:
    """Titles a row's page with the name of its party in the user's language. Makes one query."""

    def party_of(self, row: Any) -> Party | None:
        """Return the party that gives the page its title."""
        party: Party = row.party
        return party

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the row's page, with the party's name in the heading, the breadcrumbs and the title."""
        row: Any = kwargs.get("obj")
        party = self.party_of(row) if row is not None else None
        if party is not None:
            row.reads_as = party_names.to_reader(party)
            row.party_named = row.reads_as
            context["subtitle"] = row.reads_as.name
        response: HttpResponse = super().render_change_form(request, context, *args, **kwargs)  # type: ignore[misc]
        return response


class PartyColumn:
    """Adds a column with the party of each row. The parties of a page are named with one query.

    `party_of` returns the party of a row, or None if the row has none.
    """

    def party_of(self, row: Any) -> Party | None:
        """Return the party of a row."""
        party: Party = row.party
        return party

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set the party's NamedParty on each row of a page, in `party_named`. Makes one query."""
        super().make_ready(request, rows)  # type: ignore[misc]
        pairs = [(row, self.party_of(row)) for row in rows]
        names = party_names.to_readers(party.pk for _row, party in pairs if party is not None)
        for row, party in pairs:
            row.party_named = names.get(party.pk) if party is not None else None

    def printed_notes(self, rows: Sequence[Any]) -> list[str]:
        """Return the footnotes of the rows' parties, each after the party's name."""
        return footnotes.printed(row.party_named for row in rows)

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the row, or None. The signed-in user is stored in the row's attribute `read_by`."""
        row: Any = super().get_object(request, *args, **kwargs)  # type: ignore[misc]
        if row is not None:
            row.read_by = request.user
        return row

    @admin.display(description=pgettext_lazy("label", "delegation"), ordering="party__sort_key")
    def party_name(self, row: Any) -> SafeString | str:
        """Show the party with its flag.

        On the row's own page it is a link to the party, if the user may see parties.
        """
        party = self.party_of(row)
        if party is None:
            return "–"
        named = row.party_named if hasattr(row, "party_named") else party_names.to_reader(party)
        reader = getattr(row, "read_by", None)
        if reader is None or not allows(reader, "delegations.party.view", party.summit):
            return line(named)
        url = reverse("admin:delegations_party_detail", args=[party.pk])
        return format_html('<a href="{}">{}</a>', url, line(named))


class PartyOfInvitation(PartyColumn):
    """Adds a column with the party of each row's invitation."""

    def party_of(self, row: Any) -> Party | None:
        """Return the party of a row's invitation."""
        party: Party = row.invitation.party
        return party

    @admin.display(description=pgettext_lazy("label", "delegation"), ordering="invitation__party__sort_key")
    def party_name(self, row: Any) -> SafeString | str:
        """Show the party of the row's invitation, with its flag."""
        return super().party_name(row)


class PartyOfMember(PartyColumn):
    """Adds a column with the party that each person is a member of."""

    def party_of(self, row: Any) -> Party | None:
        """Return the party that a person is a member of, or None."""
        membership = getattr(row, "membership", None)
        return membership.party if membership else None

    @admin.display(description=pgettext_lazy("label", "delegation"), ordering="membership__party__sort_key")
    def party_name(self, row: Any) -> SafeString | str:
        """Show the party that the person is a member of, with its flag."""
        return super().party_name(row)
