"""The desk's search for parties and people."""

from typing import Any

from django.db.models import Q, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from delegations.invitations.admin_links import ANSWERABLE, answer_step, reminder_step
from delegations.invitations.models.invitations import Invitation, InvitationState
from delegations.invitations.permissions import can_answer_for, can_invite
from delegations.parties.models.parties import Party, PartyName
from summit.admin_base.detail_pages import detail_url
from summit.admin_base.next_steps import NextStep
from summit.admin_base.search import SearchHit, Source, register
from summit.core.text_normalisation import Fold
from summit.people.models import Person


def _person(row: Person) -> SearchHit:
    membership: Any = getattr(row, "membership", None)
    note = [row.office if row.name else "", membership.party.name if membership else ""]
    return SearchHit(row.name or row.office, " · ".join(part for part in note if part), detail_url(row))


def _in_any_language(words: list[str]) -> Q:
    folded = Fold(Concat("name", Value(" "), "formal_name", output_field=TextField()))
    names = PartyName.objects.annotate(folded=folded).filter(*(Q(folded__contains=word) for word in words))
    return Q(pk__in=names.values("party"))


def _party(row: Party) -> SearchHit:
    return SearchHit(row.name, row.formal_name, detail_url(row))


# So many delegations of those that are found get their steps in the palette.
WITH_STEPS = 3


def _steps(request: HttpRequest, rows: list[Party]) -> dict[int, tuple[NextStep, ...]]:
    """Return what the user can do next with the first delegations. Makes one query."""
    first = [row for row in rows[:WITH_STEPS] if can_answer_for(request.user, row.summit)]
    invitations = Invitation.objects.filter(party__in=first, occasion="", state__in=ANSWERABLE)
    steps: dict[int, tuple[NextStep, ...]] = {row.party_id: (answer_step(row),) for row in invitations}
    summits = {row.pk: row.summit for row in first}
    for row in invitations:
        if row.state == InvitationState.SENT and can_invite(request.user, summits[row.party_id]):
            steps[row.party_id] += (reminder_step(row),)
    return steps


register(
    10,
    Source(
        model=Party,
        title=gettext_lazy("Delegations"),
        permission="delegations.party.view",
        rows=lambda: Party.objects.select_related("summit"),
        head="name",
        text=("name", "formal_name", "sort_key", "iso_code", "mission_email"),
        also=_in_any_language,
        hit=_party,
        steps=_steps,
    ),
)
register(
    20,
    Source(
        model=Person,
        title=gettext_lazy("People"),
        permission="summit.person.view",
        rows=lambda: Person.objects.select_related("membership__party"),
        head="name",
        text=("name", "office", "email", "membership__party__name"),
        hit=_person,
        personal=("name", "office"),
    ),
)
