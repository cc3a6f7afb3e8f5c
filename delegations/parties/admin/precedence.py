"""The admin page on which the parties of a summit are ranked by hand.

It works with mouse and keyboard, with and without scripts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.core import row_order
from delegations.parties import party_display
from delegations.parties.models.parties import Party
from delegations.parties.selectors import footnotes, party_names
from delegations.parties.services import precedence
from summit.admin_base.menu_places import MenuGroup, MenuPlace
from summit.admin_base.row_keys import key_of
from summit.admin_base.summit_pages import SummitPage, summit_page, summit_pages
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User


@summit_page(
    "delegations/order/<slug:slug>/",
    "delegations_order",
    do="delegations.party.view",
    post="delegations.party.change",
)
def page(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the protocol order; a POST changes it on the page, or saves it.

    `move=up:KEY` moves one party, and `do=alphabet` ranks all parties by alphabet. Neither of them stores anything.
    Any other POST saves the submitted order.
    """
    rows = precedence.parties(summit)
    ranked = [row.pk for row in rows if row.protocol_order is not None]
    expected, refused, focus = precedence.mark(rows), "", ""
    if request.method == "POST":
        ranked = _submitted_order(request, rows)
        looked_at = request.POST.get("expected", "")[:16]
        direction, _colon, key = request.POST.get("move", "").partition(":")
        chosen_pk = key_of(key)
        if direction in (row_order.UP, row_order.DOWN, row_order.TOP, row_order.OUT) and chosen_pk in {
            row.pk for row in rows
        }:
            ranked, focus, expected = (
                row_order.moved(ranked, chosen_pk, direction),
                f"{direction}:{chosen_pk}",
                looked_at,
            )
        elif request.POST.get("do") == "alphabet":
            keys = party_names.book(summit).by_key
            ranked = [row.pk for row in sorted(rows, key=lambda row: keys[row.pk].alphabetical)]
            expected = looked_at
        else:
            try:
                precedence.arrange(summit=summit, ranked=ranked, expected=looked_at, by=user)
            except row_order.OrderChanged as changed:
                # The page keeps the submitted order, so that saving it again replaces the other user's order.
                refused = str(changed)
            else:
                messages.success(request, _("Protocol order saved."))
                return redirect("admin:delegations_order", summit.slug)
    names, notes = party_names.book(summit), footnotes.Footnotes()
    context = {
        **admin.site.each_context(request),
        "notes": notes,
        "title": _("Protocol order"),
        "summit": summit,
        "rows": list(_precedence_rows(rows, ranked, names, notes, focus)),
        "expected": expected,
        "refused": refused,
        "focus": focus,
        "unsaved": request.method == "POST",
        "may_change": allows(user, "delegations.party.change", summit),
    }
    return TemplateResponse(
        request, "admin/delegations/parties/precedence.html", context, status=409 if refused else 200
    )


def _submitted_order(request: HttpRequest, rows: list[Party]) -> list[int]:
    """Return the primary keys of the ranked parties, in the order of the submitted numbers."""
    numbers, previous_numbers = {}, {}
    for row in rows:
        number, previous = (key_of(request.POST.get(f"{name}-{row.pk}", "")) for name in ("place", "was"))
        if number:
            numbers[row.pk] = number
        if previous:
            previous_numbers[row.pk] = previous
    return row_order.by_numbers(numbers, previous_numbers)


@dataclass(frozen=True)
class Button:
    """A button that moves a party: the value it posts, its sign, its label and whether it has the focus."""

    value: str
    sign: str
    words: str
    focused: bool


@dataclass(frozen=True)
class PrecedenceRow:
    """A party on the page, with its place, its label and its buttons.

    The labels are built here, because a template would translate each label again, and a summit may have a thousand
    parties.
    """

    party: Party
    place: int | str
    line: SafeString
    label: str
    buttons: list[Button]


def _precedence_rows(
    rows: list[Party], ranked: list[int], names: party_names.Book, notes: footnotes.Footnotes, focus: str
) -> Iterator[PrecedenceRow]:
    label = _("Position of %(name)s")
    moves = (
        (row_order.UP, "↑", _("Move %(name)s up")),
        (row_order.DOWN, "↓", _("Move %(name)s down")),
        (row_order.TOP, "⤒", _("Move %(name)s to the top")),
        (row_order.OUT, "×", _("Remove %(name)s from the order")),
    )
    for party, place in _lines(rows, ranked):
        named = names.by_key[party.pk]
        facts = {"name": named.name}
        values = [(f"{direction}:{party.pk}", sign, caption % facts) for direction, sign, caption in moves]
        buttons = [Button(value, sign, caption, value == focus) for value, sign, caption in values]
        yield PrecedenceRow(party, place or "", party_display.line(named, notes), label % facts, buttons)


def _lines(rows: list[Party], ranked: list[int]) -> list[tuple[Party, Any]]:
    """Return (party, place) for all parties: the ranked parties first, then the others by alphabet, with None."""
    by_key = {row.pk: row for row in rows}
    places = set(ranked)
    ranked_lines = [(by_key[key], place) for place, key in enumerate(ranked, start=1)]
    return [*ranked_lines, *((row, None) for row in _by_alphabet(rows) if row.pk not in places)]


def _by_alphabet(rows: list[Party]) -> list[Party]:
    return sorted(rows, key=lambda row: row.reader_key)  # type: ignore[attr-defined]


summit_pages.register(20)(
    SummitPage(
        gettext_lazy("Protocol order"),
        "delegations_order",
        "delegations.party.view",
        MenuPlace.DELEGATIONS,
        MenuGroup.MORE,
    )
)
