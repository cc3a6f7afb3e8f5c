"""The photographs that nobody gets until they are checked for viruses."""

from collections.abc import Collection, Iterable

from delegations.members.models.members import Membership
from delegations.members.models.particulars import Photo
from summit.quarantine.selectors import held


def kept_back(members: Iterable[Membership]) -> Collection[int]:
    """Return the primary keys of the members' photographs that are kept back. Makes one query at most.

    The members are fetched with their persons' photographs.
    """
    photos = (getattr(member.person, "photo", None) for member in members)
    return held(Photo, [photo.pk for photo in photos if photo is not None])
