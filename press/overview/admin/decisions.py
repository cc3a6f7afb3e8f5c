"""The buttons for decisions on the admin page of a text: when each is shown, and what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from press.embargoes.admin.schedule_form import MomentForm, When
from press.embargoes.permissions import can_schedule
from press.embargoes.services import embargoes, joint_publication
from press.texts import permissions as texts_permissions
from press.texts.admin.versions import version_of
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.state_machine import BY_NAME, TABLE, EmbargoState, TextState
from press.texts.models.texts import Text
from press.texts.models.visibility import published_embargoes, standing
from press.texts.permissions import can_write
from press.texts.services import decisions, texts
from summit.admin_base.model_pages import ModelPage, model_pages
from summit.admin_base.return_path import posted_return_path
from summit.core.date_formats import long_day, short_day
from summit.permissions.rules import allows
from summit.templatetags.moments import clock_zone
from summit.users.models import User


@dataclass(frozen=True)
class Post:
    """The data that a decision button posts.

    `other` is the public id of the text to tie to, or "". `publish` says that an approved text goes out at once.
    """

    text: Text
    edition: Edition
    note: str
    form: MomentForm
    by: User
    other: str = ""
    publish: bool = False


def set_moment(post: Post) -> None:
    """Set when the text is published, as posted. Raises DecisionRefused, also with the errors of an invalid form."""
    if not post.form.is_valid():
        raise DecisionRefused(" ".join(str(message) for errors in post.form.errors.values() for message in errors))
    when, embargo = post.form.cleaned_data["when"], post.text.embargo
    if when == When.NOW:
        embargoes.release_now(embargo=embargo, by=post.by)
    elif when == When.DELIVERED:
        embargoes.wait_for_delivery(embargo=embargo, by=post.by, fallback=post.form.cleaned_data.get("alarm_at"))
    else:
        embargoes.set_moment(embargo=embargo, moment=post.form.cleaned_data.get("at"), by=post.by)


def tie(post: Post) -> None:
    """Tie the text to the posted other text, or only its languages to each other if no other was posted.

    Raises DecisionRefused.
    """
    other = None
    if post.other:
        other = Text.objects.filter(public_id=post.other, summit=post.text.summit_id).exclude(pk=post.text.pk).first()
        if other is None:
            raise DecisionRefused(_("Choose the text to publish together with this one."))
    joint_publication.tie(text=post.text, to=other, by=post.by)


def approve(post: Post) -> None:
    """Approve the edition; with `publish`, the text goes out at once."""
    if post.publish:
        embargoes.approve_and_publish(edition=post.edition, note=post.note, by=post.by)
    else:
        decisions.approve(edition=post.edition, note=post.note, by=post.by)


# From the name of each button to what it does, and to the message afterwards.
DECISIONS: dict[str, tuple[Callable[[Post], None], Promise]] = {
    "submit": (
        lambda post: decisions.submit(edition=post.edition, by=post.by),
        _("Submitted for review by a press approver."),
    ),
    "ask_changes": (
        lambda post: decisions.ask_changes(edition=post.edition, note=post.note, by=post.by),
        _("Returned to the writer with your comment."),
    ),
    "approve": (approve, _("Approved.")),
    "approve_alone": (
        lambda post: decisions.approve_alone(edition=post.edition, reason=post.note, by=post.by),
        _("Approved without a second person. It is flagged until someone else reviews it."),
    ),
    "review_afterwards": (
        lambda post: decisions.review_afterwards(edition=post.edition, by=post.by),
        _("Reviewed by a second person."),
    ),
    "set_moment": (set_moment, _("Scheduled.")),
    "deliver": (
        lambda post: embargoes.deliver(embargo=post.text.embargo, by=post.by),
        _("Speech marked as delivered."),
    ),
    "hold": (
        lambda post: embargoes.hold(embargo=post.text.embargo, reason=post.note, by=post.by),
        _("On hold. Only the press desk can read it until you release the hold."),
    ),
    "unhold": (lambda post: embargoes.unhold(embargo=post.text.embargo, by=post.by), _("Hold released.")),
    "withdraw": (
        lambda post: texts.withdraw(text=post.text, reason=post.note, by=post.by),
        _("Withdrawn. If it was already published, it stays visible with a notice and the reason."),
    ),
    "remove": (
        lambda post: texts.remove(text=post.text, reason=post.note, by=post.by),
        _("Removed. Its page now says so and gives the reason."),
    ),
    "tie": (tie, _("These texts will be published together.")),
    "untie": (
        lambda post: joint_publication.untie(text=post.text, by=post.by),
        _("This text will be published on its own. Schedule it."),
    ),
}


def offered(*, text: Text, edition: Edition, user: User) -> frozenset[str]:
    """Return the names of the buttons that the user sees: those that the text's state and the permissions allow.

    Makes one query.
    """
    summit, embargo = text.summit, text.embargo
    if text.withdrawn_at is not None:
        removable = text.removed_at is None and allows(user, BY_NAME["remove"].permission, summit)
        return frozenset({"remove"} if removable else ())
    states = {str(edition.state), EmbargoState.HELD if embargo.held_at else EmbargoState.FREE, TextState.STANDING}
    may_schedule = can_schedule(user, summit) and not published_embargoes().filter(pk=embargo.pk).exists()
    is_author = edition.author_id == user.pk
    needs_review = (
        bool(edition.emergency_reason) and edition.afterwards_at is None and edition.decided_by_id != user.pk
    )
    conditions = {
        "save": can_write(user, summit),
        "review_afterwards": needs_review,
        "set_moment": may_schedule,
        "deliver": may_schedule and embargo.mode == EmbargoMode.DELIVERED and embargo.moment is None,
        "tie": may_schedule,
        "untie": may_schedule and embargo.tied,
    }
    names = {
        row.name
        for row in TABLE
        if states & row.before
        and conditions.get(row.name, True)
        and not (row.another and is_author)
        and allows(user, row.permission, summit)
    }
    if "approve" in names:
        # A user who can approve the edition as the second person needs no emergency approval.
        names.discard("approve_alone")
    return frozenset(names | {name for name, is_met in conditions.items() if is_met and name not in BY_NAME})


@dataclass(frozen=True)
class Approval:
    """The buttons that approve an edition.

    `label` says what approving does. `second` is the label of the button that publishes the text as well, or "".
    `warning` is a sentence if one of them publishes long before the speech, or "".
    """

    label: Promise | str
    second: Promise | str = ""
    warning: str = ""


def approval_of(text: Text, now: datetime) -> Approval:
    """Return the buttons for approving an edition of an annotated text."""
    embargo = text.embargo
    if not embargoes.is_planned(embargo):
        return Approval(_("Approve edition"), _("Approve and publish now"), early_publication(text, now))
    if embargo.held_at is not None or embargo.tied:
        return Approval(_("Approve edition"))
    if embargo.moment is None:
        return Approval(_("Approve; published when delivered"))
    if embargo.moment <= now:
        return Approval(_("Approve and publish now"), warning=early_publication(text, now))
    time, local = clock_zone(embargo.moment, text.summit), embargo.moment.astimezone(text.summit.zone)
    if _is_today(embargo.moment, text, now):
        return Approval(_("Approve; published at %(time)s") % {"time": time})
    return Approval(_("Approve; published on %(day)s at %(time)s") % {"day": short_day(local), "time": time})


def _is_today(moment: datetime, text: Text, now: datetime) -> bool:
    zone = text.summit.zone
    return moment.astimezone(zone).date() == now.astimezone(zone).date()


# A text that is published longer before its session is published before it is delivered.
EARLY = timedelta(hours=1)


def early_publication(text: Text, now: datetime) -> str:
    """Return a sentence if a speech's annotated text would be published long before its session, or else ""."""
    unpublished = getattr(text, "public_number", None) is None
    session = text.slot.session if text.slot and unpublished else None
    if session is None or session.cancelled_at is not None or session.starts_at <= now + EARLY:
        return ""
    if _is_today(session.starts_at, text, now):
        message = _("The session starts at %(start)s. If you publish now, the text is out before delivery.")
        return message % {"start": clock_zone(session.starts_at, text.summit)}
    message = _("The session starts on %(start)s. If you publish now, the text is out before delivery.")
    return message % {"start": long_day(session.starts_at.astimezone(text.summit.zone))}


# The messages that say why a text won't be published at its moment, by its state.
_KEPT_BACK = {
    "held": _("It can’t be published until the hold is released."),
    "waits_for_others": _("It can’t be published until all the texts published with it are approved."),
    "draft": _("It can’t be published until it is approved."),
    "in_review": _("It can’t be published until it is approved."),
    "changes_asked": _("It can’t be published until it is approved."),
}


# The messages after the decisions that may publish a text, if it is published.
_PUBLISHED = {
    "approve": _("Approved and published."),
    "set_moment": _("Published."),
    "deliver": _("Speech marked as delivered. The text is published."),
}


def outcome(*, name: str, edition: Edition) -> str:
    """Return the message after a decision about an edition, by how it now stands. Makes one query.

    After a decision about the moment, the message says what else the text waits for.
    """
    message = str(DECISIONS[name][1])
    if name not in _PUBLISHED:
        return message
    rows = Edition.objects.annotate(standing=standing()).select_related("version__text__embargo__summit")
    decided = rows.get(pk=edition.pk)
    embargo = decided.version.text.embargo
    if decided.standing == "published":
        if embargo.summit.public:
            return str(_PUBLISHED[name])
        return f"{message} {_('It is public when an organiser opens the summit to everyone.')}"
    if name == "approve":
        return message
    if embargo.moment is None:
        waits = embargo.mode == EmbargoMode.DELIVERED
        return str(_("It will be published when the speech is delivered.") if waits else _("Unscheduled."))
    obstacle = _KEPT_BACK.get(decided.standing)
    return f"{message} {obstacle}" if obstacle else message


class DecisionsMixin:
    """Adds the decision buttons to the admin of texts: their URLs and their view."""

    admin_site: Any

    @model_pages(
        *(
            ModelPage(f"<int:pk>/decide/{name}/", name, "POST", do=action, more={"name": name})
            for name, action in texts_permissions.DECISIONS.items()
        )
    )
    def decide_view(self, request: HttpRequest, text: Text, name: str) -> HttpResponse:
        """Make the posted decision, and redirect to the page of the text or to the posted `next`.

        If the decision is refused, the page shows the reason, and the form with the values that the user typed.
        """
        desk: Any = self
        version = version_of(text, request.POST.get("version", ""))
        edition = version.editions.filter(number=numbered(request.POST.get("number", ""))).first()
        if edition is None:
            raise Http404
        form = MomentForm(request.POST, summit=text.summit)
        note, other, back = request.POST.get("note", ""), request.POST.get("other", ""), posted_return_path(request)
        try:
            publish = "publish" in request.POST
            DECISIONS[name][0](Post(text, edition, note, form, desk._user(request), other, publish))
        except (DecisionRefused, ValidationError) as refused:
            messages.error(request, " ".join(getattr(refused, "messages", [str(refused)])))
            if not back:
                typed = {"refused": name, "typed_note": note} | (
                    {"moment_form": form} if name == "set_moment" else {}
                )
                page: HttpResponse = desk.refused_page(request, text, version, typed)
                return page
        else:
            messages.success(request, outcome(name=name, edition=edition))
        address = reverse("admin:press_text_detail", args=[text.pk])
        return redirect(back or f"{address}?version={version.language}")


def numbered(written: str) -> int:
    """Return the posted number of an edition, or 0 if it isn't a valid number."""
    return int(written) if written.isdecimal() and len(written) < 9 else 0
