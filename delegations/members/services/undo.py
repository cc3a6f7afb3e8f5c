"""How confirming, moving and withdrawing members are undone."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.members.models.categories import Category
from delegations.members.models.members import FormerMember, Membership
from delegations.members.selectors.naming_rules import NamingRefused
from delegations.members.selectors.quotas import QuotaFull
from delegations.members.services import members
from delegations.members.services.members import CONFIRM, MOVE, WITHDRAW
from summit.core.punctuation import comma
from summit.undo.kinds import UndoRefused, undoes
from summit.undo.models import UndoStep
from summit.undo.services import changed_since
from summit.users.models import User


def _confirmations_taken_back(number: int) -> str:
    return ngettext(
        "%(n)d member is awaiting confirmation again.", "%(n)d members are awaiting confirmation again.", number
    ) % {"n": number}


@undoes(
    CONFIRM,
    permission="delegations.name",
    done=_confirmations_taken_back,
    instead=gettext_lazy("If the member is not coming, protocol can withdraw them."),
)
def _undo_confirmation(step: UndoStep, by: User) -> str:
    row = Membership.objects.select_related("party__summit").filter(pk=step.data["membership"]).first()
    if row is None or not members.unconfirm(membership=row, by=by):
        raise changed_since(step)
    return ""


def _moved_back(number: int) -> str:
    message = ngettext(
        "%(n)d member is back in the earlier category.",
        "%(n)d members are back in their earlier categories.",
        number,
    )
    return message % {"n": number}


@undoes(
    MOVE,
    permission="delegations.name",
    done=_moved_back,
    instead=gettext_lazy("Protocol can change the category on the delegation’s page."),
)
def _undo_move(step: UndoStep, by: User) -> str:
    row = Membership.objects.select_related("party__summit").filter(pk=step.data["membership"]).first()
    before = Category.objects.filter(pk=step.data["before"]).first()
    if row is None or before is None or row.category_id != step.data["after"]:
        raise changed_since(step)
    try:
        members.move(membership=row, category=before, by=by)
    except (NamingRefused, QuotaFull) as problem:
        raise UndoRefused(str(problem)) from None
    return ""


def _reinstated(number: int) -> str:
    return ngettext("%(n)d person is a member again.", "%(n)d people are members again.", number) % {"n": number}


@undoes(
    WITHDRAW,
    permission="delegations.withdraw",
    done=_reinstated,
    instead=gettext_lazy("Protocol can name the person again on the delegation’s page."),
)
def _undo_withdrawal(step: UndoStep, by: User) -> str:
    related = ("party__summit", "person", "category")
    former = FormerMember.objects.select_related(*related).filter(pk=step.data["former"]).first()
    if former is None:
        raise changed_since(step)
    try:
        lost = members.reinstate(
            former=former,
            key=step.data["membership"],
            position=step.data["position"],
            confirmed_at=step.data["confirmed_at"],
            ended=step.data["ended"],
            by=by,
        )
    except (NamingRefused, QuotaFull) as problem:
        raise UndoRefused(str(problem)) from None
    return (
        _("Not restored: %(what)s. Enter these again if you still need them.") % {"what": comma().join(lost)}
        if lost
        else ""
    )
