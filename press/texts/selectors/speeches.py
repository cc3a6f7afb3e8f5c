"""The speeches of a summit, for choosing the speech of a text and for proposing its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from press.texts.models.texts import Text
from sessions.draft.models.participants import Slot
from summit.summits.models import Summit

LONGEST_TITLE = 200


class SpeechAnnotations(TypedDict):
    """Whether a speech has a text that isn't withdrawn."""

    has_text: bool


if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    Speech = WithAnnotations[Slot, SpeechAnnotations]
else:
    Speech = Slot


def speeches(summit: Summit) -> QuerySet[Speech]:
    """Return the speeches of a summit's draft with speaker and session, those without a text first.

    They are annotated with `has_text`, and in the order of the sessions.
    """
    texts = Text.objects.filter(slot=OuterRef("pk"), withdrawn_at__isnull=True)
    rows = Slot.objects.filter(session__summit=summit).annotate(has_text=Exists(texts))
    return rows.select_related("speaker", "session").order_by(
        "has_text", "session__starts_at", "session", "position", "pk"
    )


def find_speech(summit: Summit, key: str) -> Speech | None:
    """Return a speech of a summit by its primary key as a page sent it, or None if there is none."""
    return speeches(summit).filter(pk=int(key)).first() if key.isdecimal() and len(key) < 10 else None


def propose_title(slot: Slot, language: str) -> str:
    """Return a title for the transcript of a speech in a language, such as "Opening address by Ana Silva".

    A speech without a title of its own is named by its session. The names are in `language` where the summit has
    them, and in its first language otherwise. Makes at most two queries.
    """
    session = slot.session
    named = {"speaker": slot.speaker.name or slot.speaker.office}
    with translation.override(language):
        if slot.title and language == session.summit.language:
            words, named["speech"] = _("%(speech)s by %(speaker)s"), slot.title
        else:
            own = session.texts.filter(language=language).values_list("title", flat=True).first()
            words, named["session"] = _("Address by %(speaker)s (%(session)s)"), own or session.title
        return (words % named)[:LONGEST_TITLE]
