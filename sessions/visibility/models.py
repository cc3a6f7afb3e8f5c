"""Who may know of a session, and of each part of it."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# What the choice of nothing means, for a part of a session.
AS_THE_SESSION = _("whoever knows of the session")


class Visibility(models.TextChoices):
    """Who may know of a session."""

    PUBLIC = "public", _("everybody")
    ACCREDITED = "accredited", _("all delegations")
    PARTICIPANTS = "participants", _("those who take part")
    ORGANISERS = "organisers", _("organisers only")


# The rank of the least of those who may know: everybody is 0. A reader of rank n knows what is for n and below.
RANKS: Mapping[str, int] = MappingProxyType({value: rank for rank, value in enumerate(Visibility.values)})
EVERYBODY, DELEGATIONS, TAKING_PART, DESK = RANKS.values()

# The parts of a session that are shown to some of those who know of it, each by the field that says to whom. Empty is
# "as the session itself".
PARTS = ("title", "room", "times", "participants", "documents")


def rank_of(session_visibility: str, part_visibility: str = "") -> int:
    """Return from which rank of reader on a part of a session is shown: never to more than know of the session."""
    return max(RANKS[session_visibility], RANKS[part_visibility or session_visibility])


def not_wider(field: str) -> Q:
    """Return the condition that a part is shown to no more than know of the session."""
    found = Q(**{field: ""})
    for value, rank in RANKS.items():
        found |= Q(visibility=value, **{f"{field}__in": [other for other in RANKS if RANKS[other] >= rank]})
    return found
