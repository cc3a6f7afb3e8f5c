"""The dashboard's facts about texts: open tasks, next publications, and overdue texts."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.invitations.permissions import can_invite
from press.texts.models.editions import EditionState
from press.texts.selectors.workflow_queries import Outline, outlines
from summit.admin_base.dashboard import (
    Coming,
    Due,
    Task,
    Urgency,
    cached_on_request,
    desk_coming,
    desk_due,
    desk_task,
    now_of,
)
from summit.permissions.rules import Actor, allows
from summit.summits.models import Summit

SEE = "press.text.view"
WRITE, REVIEW, SCHEDULE, HOLD = "press.write", "press.review", "press.schedule", "press.hold"
WORKS = (WRITE, REVIEW, HOLD)
# The most texts in each list. A text is listed as a task within HOURS before its moment.
MOST = 5
HOURS = timedelta(hours=6)

# Unicode marks that isolate a title from the writing direction of the sentence around it.
ISOLATED = "\u2068{}\u2069"


def all_of(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the outlines of all texts of a summit. They are read once per request."""
    return cached_on_request(request, "press.outlines", lambda: outlines(summit))


def next_out(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts with a future moment that aren't held, soonest first, at most MOST."""
    now = now_of(request)
    upcoming = [row for row in all_of(request, summit) if row.moment and row.moment > now and row.held_at is None]
    return sorted(upcoming, key=_soonest)[:MOST]


def in_review(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts that wait for review, with the soonest moment first, at most MOST."""
    found = [row for row in all_of(request, summit) if row.edition_state == EditionState.IN_REVIEW]
    return sorted(found, key=_soonest)[:MOST]


def overdue(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts that aren't public although their moment has passed, the earliest first, at most MOST."""
    now = now_of(request)
    return sorted((row for row in all_of(request, summit) if row.has_passed(now)), key=_soonest)[:MOST]


def _soonest(row: Outline) -> tuple[bool, float, int]:
    return row.moment is None, row.moment.timestamp() if row.moment else 0.0, row.pk


def listed(summit: Summit, what: str) -> str:
    """Return the URL of the admin's list of the texts for which the task `what` is open."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, "todo": what}
    return f"{reverse('admin:press_text_changelist')}?{urlencode(query)}"


def run_of(summit: Summit, day: date | None = None) -> str:
    """Return the URL of the publication schedule of a day, or of today if `day` is None."""
    query = {"summit": summit.slug} | ({"day": day.isoformat()} if day else {})
    return f"{reverse('admin:press_text_run')}?{urlencode(query)}"


def embargoes_of(summit: Summit, **shown: str) -> str:
    """Return the URL of the embargo calendar. `shown` has further query parameters, such as the month."""
    return f"{reverse('admin:press_text_embargoes')}?{urlencode({'summit': summit.slug, **shown})}"


@desk_task.register(30)
def waiting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each kind of open step, with the number of texts.

    Yields nothing to users who may not see texts.
    """
    if not allows(request.user, SEE, summit):
        return
    now = now_of(request)
    counts = Counter(name for row in all_of(request, summit) for name in row.todo(request.user, now))
    for name, (permission, urgency) in STEPS.items():
        if counts[name]:
            yield Task(_task_sentence(name, counts[name]), urgency, listed(summit, name), permission)


# From the key of each open step to the permission that it needs, and to its urgency.
STEPS: dict[str, tuple[str, Urgency]] = {
    "alarm": (HOLD, Urgency.LATE),
    "overdue": (HOLD, Urgency.LATE),
    "afterwards": (REVIEW, Urgency.LATE),
    "review": (REVIEW, Urgency.NOW),
    "change": (WRITE, Urgency.NOW),
    "schedule": (SCHEDULE, Urgency.NOW),
    "held": (HOLD, Urgency.NOW),
    "deliver": (SCHEDULE, Urgency.NEXT),
    "submit": (WRITE, Urgency.NEXT),
}


def _late(number: int) -> dict[str, str]:
    return {
        "alarm": ngettext(
            "%(n)d text is waiting for a speech that is overdue. Record whether it was delivered.",
            "%(n)d texts are waiting for speeches that are overdue. Record whether they were delivered.",
            number,
        ),
        "afterwards": ngettext(
            "%(n)d text was approved by one person. Review it.",
            "%(n)d texts were approved by one person. Review them.",
            number,
        ),
        "overdue": ngettext(
            "%(n)d text overdue.",
            "%(n)d texts overdue.",
            number,
        ),
    }


def _task_sentence(name: str, number: int) -> str:
    sentences: dict[str, Any] = {
        **_late(number),
        "review": ngettext("%(n)d text is awaiting your review.", "%(n)d texts are awaiting your review.", number),
        "change": ngettext(
            "%(n)d text needs changes after review.",
            "%(n)d texts need changes after review.",
            number,
        ),
        "schedule": ngettext(
            "%(n)d approved text is unscheduled. Schedule it.",
            "%(n)d approved texts are unscheduled. Schedule them.",
            number,
        ),
        "held": ngettext("%(n)d text on hold.", "%(n)d texts on hold.", number),
        "deliver": ngettext(
            "%(n)d text will be published when you mark its speech as delivered.",
            "%(n)d texts will be published when you mark their speeches as delivered.",
            number,
        ),
        "submit": ngettext(
            "%(n)d text is a draft. Submit it when it is ready.",
            "%(n)d texts are drafts. Submit them when they are ready.",
            number,
        ),
    }
    return str(sentences[name] % {"n": number})


@desk_task.register(31)
def going_out(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each text with a moment within HOURS. The task says whether the text is approved.

    Yields nothing to users who may not see texts.
    """
    if not allows(request.user, SEE, summit):
        return
    for text in next_out(request, summit):
        if text.moment is None or text.moment > now_of(request) + HOURS:
            continue
        approved = text.edition_state == EditionState.APPROVED
        message = _("“%(title)s” will be published.") if approved else _("“%(title)s” is scheduled but not approved.")
        address = reverse("admin:press_text_detail", args=[text.pk])
        urgency = Urgency.NEXT if approved else Urgency.NOW
        sentence = message % {"title": ISOLATED.format(text.title)}
        yield Task(sentence, urgency, address, HOLD, text.moment, counts=True)


def shows_press_panel(user: Actor, summit: Summit) -> bool:
    """Return whether the home has the press desk's panel: for users whose work is the press, and not the whole."""
    return any(allows(user, permission, summit) for permission in WORKS) and not can_invite(user, summit)


@desk_coming.register(30)
def moments(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield an entry for each text that is published next.

    Yields nothing to users who may not see texts, and to those whose panel lists them already.
    """
    if not allows(request.user, SEE, summit) or shows_press_panel(request.user, summit):
        return
    for text in next_out(request, summit):
        if text.moment is not None:
            address = reverse("admin:press_text_detail", args=[text.pk])
            message = _("“%(title)s” will be published.") % {"title": ISOLATED.format(text.title)}
            yield Coming(text.moment, message, address)


@desk_due.register(30)
def due(request: HttpRequest, summit: Summit) -> Iterable[Due]:
    """Yield each day at the venue that has moments of unpublished texts, with the number of these texts.

    Yields nothing to users who may not see texts.
    """
    if not allows(request.user, SEE, summit):
        return
    rows = (row for row in all_of(request, summit) if row.public_number is None)
    days = Counter(row.moment.astimezone(summit.zone).date() for row in rows if row.moment)
    for day, number in sorted(days.items()):
        yield Due(_("texts"), day, number)
