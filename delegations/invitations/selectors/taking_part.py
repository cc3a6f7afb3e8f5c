"""Who takes part in a summit: the one answer for the agenda, its mails and files, public pages and lists."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from delegations.invitations.models.invitations import COMING, Answer, Invitation, InvitationState
from delegations.invitations.permissions import not_revoked
from delegations.invitations.selectors.invitation_status import with_standing
from delegations.parties.models.parties import Party, PublicListing
from summit.people.models import Person
from summit.summits.models import AgendaReaders


def _exists(**conditions: object) -> Exists:
    return Exists(Invitation.objects.filter(party=OuterRef("pk"), **conditions))


def has_accepted() -> QuerySet[Party]:
    """Return the parties, of any summit, that have accepted the invitation to the summit.

    The host takes part without an invitation.
    """
    accepted = _exists(occasion="", state=InvitationState.ANSWERED, answer__in=COMING)
    return Party.objects.filter(Q(is_host=True) | accepted).order_by()


def taking_part() -> QuerySet[Party]:
    """Return the parties, of any summit, that take part in its agenda, as the summit declares it (`AgendaReaders`).

    The host takes part, and a party that has accepted: the summit, or a session alone. A party that declined, or
    whose invitation was revoked, never takes part.
    """
    accepted = _exists(state=InvitationState.ANSWERED, answer__in=COMING)
    declared = accepted | (Q(summit__agenda_readers=AgendaReaders.INVITED) & _exists(state=InvitationState.SENT))
    declared |= Q(summit__agenda_readers=AgendaReaders.ALL)
    return Party.objects.filter(Q(is_host=True) | (declared & ~_has_left())).order_by()


def _has_left() -> Q:
    regrets = _exists(occasion="", state=InvitationState.ANSWERED, answer=Answer.REGRETS)
    return Q(regrets) | ~not_revoked()


def has_left() -> QuerySet[Party]:
    """Return the parties, of any summit, that declined, or whose invitation was revoked."""
    return Party.objects.filter(_has_left(), is_host=False).order_by()


def named_in_public() -> QuerySet[Party]:
    """Return the parties that public pages name where they take part: those that don't object to being listed."""
    return taking_part().exclude(public_listing=PublicListing.NONE)


def people_of(parties: QuerySet[Party]) -> Q:
    """Return the condition that a person is in one of these parties, or in none."""
    return Q(membership__isnull=True) | Q(membership__party__in=parties.values("pk"))


def people_taking_part(people: Iterable[int]) -> QuerySet[Person]:
    """Return those of these people, by their primary keys, whose party takes part, or who are in no party."""
    return Person.objects.filter(people_of(taking_part()), pk__in=people).order_by()


class WhyLeftOut(models.TextChoices):
    """Why a party doesn't get the agenda."""

    UNINVITED = "uninvited", _("not invited yet")
    OPEN = "open", _("no answer yet")
    LEFT = "left", _("declined or revoked")


def left_out(parties: Iterable[int]) -> dict[WhyLeftOut, list[Party]]:
    """Return those of these parties, by their primary keys, that don't take part, by the reason. Makes one query."""
    rows = with_standing(Party.objects.filter(pk__in=parties).exclude(pk__in=taking_part().values("pk")))
    found: dict[WhyLeftOut, list[Party]] = {}
    for party in rows.annotate(has_left=Exists(has_left().filter(pk=OuterRef("pk")))).order_by("sort_key", "pk"):
        sent = vars(party)["standing"] == InvitationState.SENT
        why = WhyLeftOut.LEFT if vars(party)["has_left"] else WhyLeftOut.OPEN if sent else WhyLeftOut.UNINVITED
        found.setdefault(why, []).append(party)
    return {why: found[why] for why in WhyLeftOut if why in found}
