"""The search source for sessions of the working draft."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from delegations.parties.models.parties import PartyName
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Session, SessionText
from sessions.draft.permissions import can_edit
from summit.admin_base.next_steps import NextStep
from summit.admin_base.search import SearchHit, Source, register
from summit.core.text_normalisation import Fold
from summit.templatetags.moments import day_clock

# So many of the sessions that are found get their steps in the palette.
WITH_STEPS = 3


def _session(row: Session) -> SearchHit:
    parts = [
        day_clock(row.starts_at, row.summit),
        row.room.name if row.room else "",
        _("cancelled") if row.cancelled_at else "",
    ]
    return SearchHit(
        row.title,
        " · ".join(part for part in parts if part),
        reverse("admin:agenda_session_detail", args=[row.pk]),
    )


def _steps(request: HttpRequest, rows: list[Session]) -> dict[int, tuple[NextStep, ...]]:
    """Return the step that moves a session, for the first sessions that the user may move."""
    return {
        row.pk: (NextStep(reverse("admin:agenda_session_edit", args=[row.pk, "time-and-room"]), _("Move session")),)
        for row in rows[:WITH_STEPS]
        if row.cancelled_at is None and can_edit(request.user, row)
    }


def _having(model: type[Model], word: str, *names: str) -> QuerySet[Any, Any]:
    """Return the sessions with rows of a model that contain a word in these fields."""
    rows = model._default_manager.alias(found_in=Fold(*names)).filter(found_in__contains=word)
    return rows.order_by().values("session")


def _in_related(word: str) -> Q:
    """Return the condition that a session's titles in other languages, participants or speakers contain a word.

    A participant or speaker is found by any name of the party, or by the name or office of the person.
    """
    parties = PartyName.objects.alias(found_in=Fold("name", "formal_name")).filter(found_in__contains=word)
    party_keys = parties.order_by().values("party")
    return (
        Q(pk__in=_having(SessionText, word, "title", "summary"))
        | Q(pk__in=_having(Participant, word, "party__name", "party__formal_name", *_person("person")))
        | Q(pk__in=_having(Slot, word, "title", "party__name", "party__formal_name", *_person("speaker")))
        | Q(pk__in=Participant.objects.filter(party__in=party_keys).order_by().values("session"))
        | Q(pk__in=Slot.objects.filter(party__in=party_keys).order_by().values("session"))
    )


def _person(path: str) -> tuple[str, ...]:
    return f"{path}__name", f"{path}__office"


register(
    30,
    Source(
        model=Session,
        title=gettext_lazy("Sessions"),
        permission="agenda.session.view",
        rows=lambda: Session.objects.select_related("summit", "room"),
        head="title",
        text=("title", "summary", "room__name", "custom_kind__name"),
        also=_in_related,
        hit=_session,
        steps=_steps,
    ),
)
