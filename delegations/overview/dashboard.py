"""Tasks, dates and numbers on the desk's dashboard, about parties, invitations, reminders and visa letters."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from delegations.invitations.selectors import expiring_links
from delegations.invitations.services import drafts_and_approval, link_requests, reminders
from delegations.members.services import duplicates
from delegations.membership_changes.services import handovers
from delegations.overview.selectors import completeness
from delegations.parties.models.policy import Policy
from delegations.travel.models.visas import VisaState
from delegations.travel.services import visas
from summit.admin_base.dashboard import (
    Coming,
    Due,
    Task,
    Urgency,
    cached_on_request,
    desk_coming,
    desk_due,
    desk_task,
    lately,
    now_of,
)
from summit.core import batched_counts
from summit.outbox.dashboard import failed_words, returned_words
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.users.models import User

INVITE = "delegations.invite"
CHANGE = "delegations.party.change"
ISSUE_BADGE = "delegations.issue_badge"
DECIDE = "delegations.decide_handover"
# Answers due within this time are urgent.
SOON = expiring_links.SOON


def numbers(request: HttpRequest, summit: Summit) -> dict[str, int]:
    """Return the numbers of parties by state of invitation and by what is missing (`completeness.counts`).

    They are computed once in a request.
    """
    return cached_on_request(request, "delegations.counts", lambda: completeness.counts(summit))


def ending_by_day(request: HttpRequest, summit: Summit) -> dict[date, int]:
    """Return a dict from each day at the venue to the number of links that expire on it.

    It is computed once in a request.
    """
    return cached_on_request(request, "delegations.ending", lambda: expiring_links.ending_by_day(summit))


def waiting(request: HttpRequest, summit: Summit) -> dict[str, int]:
    """Return a dict from kind to the number of rows of this kind that wait for a desk.

    It is computed once in a request, with one query.
    """
    user = request.user
    assert isinstance(user, User)  # noqa: S101 - the admin has signed them in
    return cached_on_request(
        request,
        "delegations.waiting",
        lambda: batched_counts.counts(
            prepared=drafts_and_approval.waiting(summit=summit, by=user),
            alike=duplicates.waiting(summit),
            handed=handovers.still_open(summit),
            asked=link_requests.of(summit),
            declined=completeness.declined_lately(summit),
            visas=visas.waiting(summit),
        ),
    )


def handed(request: HttpRequest, summit: Summit) -> int:
    """Return how many handovers are open in a summit."""
    return waiting(request, summit)["handed"]


def open_handovers_message(number: int) -> str:
    """Return a sentence that says how many handovers are open."""
    message = ngettext(
        "%(n)d handover is waiting for a decision.",
        "%(n)d handovers are waiting for a decision.",
        number,
    )
    return message % {"n": number}


def handed_page(summit: Summit) -> str:
    """Return the URL of the page with a summit's open handovers."""
    return f"{reverse('admin:delegations_handover_waiting')}?{urlencode({'summit': summit.slug})}"


def parties(summit: Summit, **wanted: str) -> str:
    """Return the URL of the list of a summit's parties. `wanted` holds the list's filters by name."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, **wanted}
    return f"{reverse('admin:delegations_party_changelist')}?{urlencode(query)}"


def requests(summit: Summit) -> str:
    """Return the URL of the list of a summit's undecided requests for a focal point."""
    query: dict[str, Any] = {"party__summit__id__exact": summit.pk, "state__exact": "open"}
    return f"{reverse('admin:delegations_focalpointrequest_changelist')}?{urlencode(query)}"


def requested(number: int) -> str:
    """Return a sentence that says how many requests for a focal point are undecided."""
    message = ngettext(
        "%(n)d focal point request is waiting for a decision.",
        "%(n)d focal point requests are waiting for a decision.",
        number,
    )
    return message % {"n": number}


@desk_task.register(10)
def inviting(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield tasks for parties that aren't invited, for prepared invitations, for missing data and for duplicates.

    Users who may not change parties get none.
    """
    if not allows(request.user, CHANGE, summit):
        return
    uninvited = numbers(request, summit)["uninvited"]
    if uninvited:
        message = ngettext(
            "%(n)d delegation is not invited yet. Review the letters, then send them.",
            "%(n)d delegations are not invited yet. Review the letters, then send them.",
            uninvited,
        )
        yield Task(message % {"n": uninvited}, Urgency.NOW, _invite_page(summit), INVITE)
    yield from _prepared(request, summit)
    yield from _lacking(request, summit)
    duplicate_count = count_duplicates(request, summit)
    if duplicate_count:
        yield Task(duplicates.sentence(duplicate_count), Urgency.NEXT, alike_list(summit), duplicates.CHANGE)


def count_duplicates(request: HttpRequest, summit: Summit) -> int:
    """Return how many undecided pairs of people may be the same person."""
    return waiting(request, summit)["alike"]


def alike_list(summit: Summit) -> str:
    """Return the URL of the list of a summit's undecided pairs of people who may be the same."""
    query: dict[str, Any] = {"person__summit__id__exact": summit.pk, "decided_at__isempty": 1}
    return f"{reverse('admin:delegations_duplicatecandidate_changelist')}?{urlencode(query)}"


def _invite_page(summit: Summit) -> str:
    return f"{reverse('admin:delegations_party_invite')}?{urlencode({'summit': summit.slug})}"


def _prepared(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if invitations wait for the approval of a second person, who may be the user."""
    if not allows(request.user, INVITE, summit):
        return
    number = waiting(request, summit)["prepared"]
    if number:
        message = ngettext(
            "%(n)d invitation is waiting for approval by a second person.",
            "%(n)d invitations are waiting for approval by a second person.",
            number,
        )
        yield Task(message % {"n": number}, Urgency.NOW, _invite_page(summit), INVITE)


def _lacking(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    counts = numbers(request, summit)
    for name in ("mailbox", "head", "focal"):
        if counts[name]:
            urgency = Urgency.NOW if name == "mailbox" else Urgency.NEXT
            yield Task(completeness.sentence(name, counts[name]), urgency, parties(summit, lacks=name), CHANGE)


@desk_task.register(10)
def handing_over(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if handovers are open, for users who may decide on them.

    It is always urgent, because people are also replaced in the night before the summit.
    """
    if allows(request.user, DECIDE, summit) and (number := handed(request, summit)):
        yield Task(open_handovers_message(number), Urgency.NOW, handed_page(summit), DECIDE)


@desk_task.register(10)
def issuing(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if members have no badge, for users who may issue badges.

    It makes no extra query, because the dashboard computes these numbers anyway.
    """
    if allows(request.user, ISSUE_BADGE, summit) and (number := numbers(request, summit)["badge"]):
        url = f"{reverse('admin:delegations_badge_issue')}?{urlencode({'summit': summit.slug})}"
        yield Task(completeness.sentence("badge", number), Urgency.NEXT, url, ISSUE_BADGE)


@desk_task.register(11)
def answering(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield tasks for open answers, expiring links, requests for letters and focal points, and recent refusals.

    Users who may not invite get none.
    """
    if not allows(request.user, INVITE, summit):
        return
    unanswered, due = numbers(request, summit)["open"], summit.answer_by
    if unanswered and due is not None:
        late = due <= now_of(request)
        yield Task(
            _late(unanswered) if late else _due(unanswered),
            Urgency.LATE if late else Urgency.NOW if due - now_of(request) <= SOON else Urgency.NEXT,
            parties(summit, answer="open"),
            INVITE,
            due,
        )
    ending = sum(ending_by_day(request, summit).values())
    if ending:
        message = ngettext(
            "%(n)d unanswered letter has a link that expires within a week. Send a new letter if needed.",
            "%(n)d unanswered letters have links that expire within a week. Send new letters if needed.",
            ending,
        )
        query: dict[str, Any] = {"invitation__party__summit__id__exact": summit.pk, "ends": "soon"}
        url = f"{reverse('admin:delegations_invitationlink_changelist')}?{urlencode(query)}"
        yield Task(message % {"n": ending}, Urgency.NOW, url, INVITE)
    yield from _letter_request_tasks(request, summit)
    request_count = numbers(request, summit)[completeness.REQUESTS]
    if request_count:
        yield Task(requested(request_count), Urgency.NOW, requests(summit), INVITE)
    declined = waiting(request, summit)["declined"]
    if declined:
        message = ngettext(
            "%(n)d delegation declined in the past week. Check whether its places can go to others.",
            "%(n)d delegations declined in the past week. Check whether their places can go to others.",
            declined,
        )
        yield Task(message % {"n": declined}, Urgency.NEXT, parties(summit, answer="regrets"), INVITE)


def _letter_request_tasks(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if recipients who can't open their link asked for a new letter."""
    number = waiting(request, summit)["asked"]
    if number:
        message = ngettext(
            "%(n)d recipient has requested a new letter because the link doesn’t work. Send one.",
            "%(n)d recipients have requested new letters because their links don’t work. Send them.",
            number,
        )
        query: dict[str, Any] = {"invitation__party__summit__id__exact": summit.pk, "asks": "open"}
        url = f"{reverse('admin:delegations_invitationlink_changelist')}?{urlencode(query)}"
        yield Task(message % {"n": number}, Urgency.NOW, url, INVITE)


def _late(number: int) -> str:
    message = ngettext(
        "%(n)d answer is overdue. Contact the delegation, or record its answer.",
        "%(n)d answers are overdue. Contact the delegations, or record their answers.",
        number,
    )
    return message % {"n": number}


def _due(number: int) -> str:
    message = ngettext("%(n)d delegation has not answered yet.", "%(n)d delegations have not answered yet.", number)
    return message % {"n": number}


@failed_words("invitation")
def failed_letters(number: int) -> str:
    """Return a sentence that says how many invitation letters failed."""
    message = ngettext(
        "%(n)d invitation letter could not be sent. Correct the email address, then send a new letter.",
        "%(n)d invitation letters could not be sent. Correct the email addresses, then send new letters.",
        number,
    )
    return message % {"n": number}


@returned_words("invitation")
def returned_letters(number: int) -> str:
    """Return a sentence that says how many invitation letters bounced."""
    message = ngettext(
        "%(n)d invitation letter bounced. Correct the email address, then send it again.",
        "%(n)d invitation letters bounced. Correct the email addresses, then send them again.",
        number,
    )
    return message % {"n": number}


@desk_coming.register(10)
def answers_due(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield the date when answers are due, if any answers are open.

    No answers are open before the first invitation is sent, and after all parties have answered.
    """
    if summit.answer_by is not None and allows(request.user, "delegations.party.view", summit):
        unanswered = numbers(request, summit)["open"]
        if not unanswered:
            return
        message = ngettext("Answers are due: %(n)d is missing.", "Answers are due: %(n)d are missing.", unanswered)
        yield Coming(summit.answer_by, message % {"n": unanswered}, parties(summit, answer="open"))


@desk_due.register(10)
def due(request: HttpRequest, summit: Summit) -> Iterable[Due]:
    """Yield the number of open answers on the day they are due, and the number of links on each day they expire.

    Users who may not invite get none.
    """
    if not allows(request.user, INVITE, summit):
        return
    unanswered = numbers(request, summit)["open"]
    if summit.answer_by is not None:
        yield Due(_("answers"), summit.answer_by.astimezone(summit.zone).date(), unanswered)
    for day, number in ending_by_day(request, summit).items():
        yield Due(_("expiring links"), day, number)


@desk_coming.register(10)
def reminding(request: HttpRequest, summit: Summit) -> Iterable[Coming]:
    """Yield the dates of planned reminders, if any answers are open. Users who may not invite get none."""
    if summit.answer_by is None or not allows(request.user, INVITE, summit):
        return
    unanswered = numbers(request, summit)["open"]
    if not unanswered:
        return
    message = ngettext(
        "Automatic reminder to delegations that have not answered: %(n)d now.",
        "Automatic reminder to delegations that have not answered: %(n)d now.",
        unanswered,
    )
    key = ("reminders", summit.pk, summit.answer_by)
    for moment in lately(request, key, lambda: reminders.planned(summit, Policy.objects.of(summit))):
        yield Coming(moment, message % {"n": unanswered}, parties(summit, answer="open"))


ISSUE_VISA = "delegations.issue_visa"


def visa_letters(summit: Summit) -> str:
    """Return the URL of the list of a summit's undecided visa support letters."""
    query: dict[str, Any] = {"summit__id__exact": summit.pk, "state__exact": VisaState.ASKED.value}
    return f"{reverse('admin:delegations_visaletter_changelist')}?{urlencode(query)}"


def visa_letters_sentence(number: int) -> str:
    """Return a sentence that says how many visa support letters are undecided."""
    message = ngettext(
        "%(n)d visa support letter is waiting to be issued or refused.",
        "%(n)d visa support letters are waiting to be issued or refused.",
        number,
    )
    return message % {"n": number}


@desk_task.register(10)
def issuing_letters(request: HttpRequest, summit: Summit) -> Iterable[Task]:
    """Yield a task if visa support letters are undecided, for users who may issue them.

    It is always urgent, because embassies take weeks.
    """
    if allows(request.user, ISSUE_VISA, summit) and (number := waiting(request, summit)["visas"]):
        yield Task(visa_letters_sentence(number), Urgency.NOW, visa_letters(summit), ISSUE_VISA)
