"""Says which parties a step skipped and why."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.core.punctuation import pair

# Up to this number, parties that are skipped for one reason are named one by one.
NAMED = 3


def warn_about_skipped(request: HttpRequest, skipped: Iterable[tuple[Party, str]]) -> None:
    """Add messages that say which parties a step skipped and why.

    For each reason, the parties are named if they are few; otherwise their number is given.
    """
    rows = list(skipped)
    names = party_names.to_readers(party.pk for party, _reason in rows)
    by_reason: dict[str, list[str]] = {}
    for party, reason in rows:
        by_reason.setdefault(reason, []).append(names[party.pk].name)
    for reason, skipped_names in by_reason.items():
        if len(skipped_names) <= NAMED:
            for name in skipped_names:
                messages.warning(request, pair(name, reason))
            continue
        message = ngettext(
            "%(n)d delegation skipped. %(why)s",
            "%(n)d delegations skipped, each for this reason: %(why)s",
            len(skipped_names),
        )
        messages.warning(request, message % {"n": len(skipped_names), "why": reason})
