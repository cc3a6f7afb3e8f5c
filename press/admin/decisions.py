"""What can be decided about a text on its page: which buttons stand there, and what each does."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from press.admin.forms import MomentForm, When
from press.domain import deciding, lifts, texts
from press.domain.problems import DecisionRefused
from press.models import Edition, EditionState, LiftMode, Text
from press.models.visibility import published_lifts
from press.permissions import can_hold, can_review, can_schedule, can_withdraw, can_write
from summit.models import User


@dataclass(frozen=True)
class Post:
    """What was posted with a button."""

    text: Text
    edition: Edition
    note: str
    form: MomentForm
    by: User


def set_moment(post: Post) -> None:
    """Set the moment as the form says. Raises DecisionRefused with what is wrong in it."""
    if not post.form.is_valid():
        raise DecisionRefused(" ".join(str(said) for errors in post.form.errors.values() for said in errors))
    when, lift = post.form.cleaned_data["when"], post.text.lift
    if when == When.NOW:
        lifts.release_now(lift=lift, by=post.by)
    elif when == When.DELIVERED:
        lifts.wait_for_delivery(lift=lift, by=post.by)
    else:
        lifts.set_moment(lift=lift, moment=post.form.cleaned_data.get("at"), by=post.by)


# What each button does, and what is said when it is done.
DECISIONS: dict[str, tuple[Callable[[Post], None], Promise]] = {
    "submit": (
        lambda post: deciding.submit(edition=post.edition, by=post.by),
        _("Submitted: a press approver has to read it."),
    ),
    "ask_changes": (
        lambda post: deciding.ask_changes(edition=post.edition, note=post.note, by=post.by),
        _("Sent back to the writer with your remark."),
    ),
    "approve": (
        lambda post: deciding.approve(edition=post.edition, note=post.note, by=post.by),
        _("Approved."),
    ),
    "set_moment": (set_moment, _("The moment stands.")),
    "deliver": (lambda post: lifts.deliver(lift=post.text.lift, by=post.by), _("Marked as given: it goes out now.")),
    "hold": (
        lambda post: lifts.hold(lift=post.text.lift, reason=post.note, by=post.by),
        _("Held: nobody outside the desk reads it until the hold is released."),
    ),
    "unhold": (lambda post: lifts.unhold(lift=post.text.lift, by=post.by), _("The hold is released.")),
    "withdraw": (
        lambda post: texts.withdraw(text=post.text, reason=post.note, by=post.by),
        _("Withdrawn: if it had been read it stays, marked, with the reason."),
    ),
}


def offered(*, text: Text, edition: Edition, user: User) -> frozenset[str]:
    """Return the buttons that fit where the text stands and what the account may do; one query."""
    if text.withdrawn_at is not None:
        return frozenset()
    summit, lift, state = text.summit, text.lift, edition.state
    unread = can_schedule(user, summit) and not published_lifts().filter(pk=lift.pk).exists()
    in_review = state == EditionState.IN_REVIEW and can_review(user, summit)
    fits = {
        "save": can_write(user, summit),
        "submit": can_write(user, summit) and state in (EditionState.DRAFT, EditionState.CHANGES_ASKED),
        "ask_changes": in_review,
        "approve": in_review and edition.author_id != user.pk,
        "set_moment": unread,
        "deliver": unread and lift.mode == LiftMode.DELIVERED and lift.moment is None,
        "hold": can_hold(user, summit) and lift.held_at is None,
        "unhold": can_hold(user, summit) and lift.held_at is not None,
        "withdraw": can_withdraw(user, summit),
    }
    return frozenset(name for name, fit in fits.items() if fit)
