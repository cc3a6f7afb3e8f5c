"""The visibility of a session and of each of its parts."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

# The label of the empty choice for a part of a session.
AS_THE_SESSION = _("everyone who can see the session")


class Visibility(models.TextChoices):
    """Who may know of a session."""

    PUBLIC = "public", _("everyone")
    ACCREDITED = "accredited", _("all delegations")
    PARTICIPANTS = "participants", _("participants of the session")
    ORGANISERS = "organisers", _("organisers only")


# The lowest rank of readers for each visibility; everybody has rank 0. Readers of rank n see what is shown to rank n
# and below.
RANKS: Mapping[str, int] = MappingProxyType({value: rank for rank, value in enumerate(Visibility.values)})
EVERYBODY, DELEGATIONS, TAKING_PART, DESK = RANKS.values()

# The parts of a session that can have a visibility of their own, in the field NAME_to. Empty means "as the session".
PARTS = ("title", "room", "times", "participants", "documents")


def rank_of(session_visibility: str, part_visibility: str = "") -> int:
    """Return the lowest rank of readers to whom a part of a session is shown. It is never below the session's
    rank."""
    return max(RANKS[session_visibility], RANKS[part_visibility or session_visibility])


def not_wider(field: str) -> Q:
    """Return the condition that a part isn't shown to more readers than the session. `field` is its
    visibility field."""
    found = Q(**{field: ""})
    for value, rank in RANKS.items():
        found |= Q(visibility=value, **{f"{field}__in": [other for other in RANKS if RANKS[other] >= rank]})
    return found
