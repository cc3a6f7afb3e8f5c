"""What the desk's dashboard shows about texts: open tasks, upcoming publications, and texts that are overdue."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
from summit.permissions.rules import allows
from summit.summits.models import Summit

SEE = "press.text.view"
WRITE, REVIEW, SCHEDULE, HOLD = "press.write", "press.review", "press.schedule", "press.hold"
WORKS = (WRITE, REVIEW, HOLD)
# The most texts that are listed one by one, and how long before their moment they are listed as tasks.
MOST = 5
HOURS = timedelta(hours=6)

# Isolates words of another writing direction inside a sentence.
ISOLATED = "\u2068{}\u2069"


def all_of(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return outlines of all texts of the summit, read once per request."""
    return cached_on_request(request, "press.outlines", lambda: outlines(summit))


def next_out(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts that are published next, soonest first."""
    now = now_of(request)
    found = [row for row in all_of(request, summit) if row.moment and row.moment > now and row.held_at is None]
    return sorted(found, key=_soonest)[:MOST]


def in_review(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts that wait for review, the soonest moment first."""
    found = [row for row in all_of(request, summit) if row.edition_state == EditionState.IN_REVIEW]
    return sorted(found, key=_soonest)[:MOST]


def overdue(request: HttpRequest, summit: Summit) -> list[Outline]:
    """Return the texts that should have been published, the earliest moment first."""
    now = now_of(request)
    return sorted((row for row in all_of(request, summit) if row.has_passed(now)), key=_soonest)[:MOST]


def _soonest(row: Outline) -> tuple[bool, float, int]:
    return row.moment is None, row.moment.timestamp() if row.moment else 0.0, row.pk


def listed(summit: Summit, what: str) -> str:
    """Return the URL of the admin's list of texts for which a task is open."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, "todo": what}
    return f"{reverse('admin:press_text_changelist')}?{urlencode(query)}"


def run_of(summit: Summit, day: date | None = None) -> str:
    """Return the URL of the publication schedule of a day; today's without one."""
    query = {"summit": summit.slug} | ({"day": day.isoformat()} if day else {})
    return f"{reverse('admin:press_text_run')}?{urlencode(query)}"


def embargoes_of(summit: Summit, **shown: str) -> str:
    """Return the URL of the embargo calendar; `shown` are further parameters, such as the month."""
    return f"{reverse('admin:press_text_embargoes')}?{urlencode({'summit': summit.slug, **shown})}"


@desk_task.register(30)
def waiting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each kind of open step, with the number of texts."""
    if not allows(request.user, SEE, summit):
        return
    now = now_of(request)
    found = Counter(name for row in all_of(request, summit) for name in row.todo(request.user, now))
    for name, (permission, urgency) in STEPS.items():
        if found[name]:
            yield Task(_task_sentence(name, found[name]), urgency, listed(summit, name), permission)


# Open step: the permission it needs, and its urgency.
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
            "%(n)d text waits for a speech that should have been given by now. Say whether it was.",
            "%(n)d texts wait for speeches that should have been given by now. Say whether they were.",
            number,
        ),
        "afterwards": ngettext(
            "%(n)d text was approved without a second person. Review it.",
            "%(n)d texts were approved without a second person. Review them.",
            number,
        ),
        "overdue": ngettext(
            "%(n)d text should be out and is held or not approved.",
            "%(n)d texts should be out and are held or not approved.",
            number,
        ),
    }


def _task_sentence(name: str, number: int) -> str:
    message: dict[str, Any] = {
        **_late(number),
        "review": ngettext("%(n)d text waits for your review.", "%(n)d texts wait for your review.", number),
        "change": ngettext(
            "%(n)d text has to be changed as a reviewer asked.",
            "%(n)d texts have to be changed as a reviewer asked.",
            number,
        ),
        "schedule": ngettext(
            "%(n)d text is approved and has no moment. Set it.",
            "%(n)d texts are approved and have no moment. Set it.",
            number,
        ),
        "held": ngettext("%(n)d text is held.", "%(n)d texts are held.", number),
        "deliver": ngettext(
            "%(n)d text goes out when you say that its speech has been given.",
            "%(n)d texts go out when you say that their speeches have been given.",
            number,
        ),
        "submit": ngettext(
            "%(n)d text is a draft. Submit it when it is ready.",
            "%(n)d texts are drafts. Submit them when they are ready.",
            number,
        ),
    }
    return str(message[name] % {"n": number})


@desk_task.register(31)
def going_out(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task for each text that is published within HOURS, which says whether it is approved."""
    if not allows(request.user, SEE, summit):
        return
    for text in next_out(request, summit):
        if text.moment is None or text.moment > now_of(request) + HOURS:
            continue
        approved = text.edition_state == EditionState.APPROVED
        message = _("“%(title)s” goes out.") if approved else _("“%(title)s” is to go out and is not approved.")
        address = reverse("admin:press_text_change", args=[text.pk])
        urgency = Urgency.NEXT if approved else Urgency.NOW
        sentence = message % {"title": ISOLATED.format(text.title)}
        yield Task(sentence, urgency, address, HOLD, text.moment, counts=True)


@desk_coming.register(30)
def moments(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield the texts that are published next."""
    if not allows(request.user, SEE, summit):
        return
    for text in next_out(request, summit):
        if text.moment is not None:
            address = reverse("admin:press_text_change", args=[text.pk])
            message = _("“%(title)s” goes out.") % {"title": ISOLATED.format(text.title)}
            yield Coming(text.moment, message, address)


@desk_due.register(30)
def due(request: HttpRequest, summit: Summit) -> Iterable[Due]:
    """Yield the number of unpublished texts for each day of their moments, at the venue."""
    if not allows(request.user, SEE, summit):
        return
    rows = (row for row in all_of(request, summit) if row.public_number is None)
    days = Counter(row.moment.astimezone(summit.zone).date() for row in rows if row.moment)
    for day, number in sorted(days.items()):
        yield Due(_("texts"), day, number)
