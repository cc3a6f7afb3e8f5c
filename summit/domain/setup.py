"""Setting a summit up: the summit itself, its venue and rooms, when answers are due."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from summit.core.registry import Registry
from summit.domain import audit
from summit.models import Room, Summit, User, Venue
from summit.permissions import check

# What a new summit begins with besides itself: each app above registers what makes its part. It runs in the
# transaction that creates the summit, and is safe to run where the part is there.
beginning: Registry[Callable[[Summit], object]] = Registry()


# What whoever creates a summit has in it, in the same transaction.
founding: Registry[Callable[[Summit, User], object]] = Registry()


def begin(summit: Summit) -> None:
    """Make what a summit begins with."""
    for make in beginning:
        make(summit)


class NotFirst(ValueError):
    """There is an account or a summit already; its text is a sentence for whoever asked."""


def first_account(*, email: str) -> User:
    """Create the account of whoever sets the system up, without a password, or find the one that was created so and
    has never signed in. Raises NotFirst where anybody else has an account or there is a summit, and ValidationError
    for what is no address."""
    address = email.strip().lower()
    with transaction.atomic():
        user = User.objects.filter(email=address, is_superuser=True, last_login=None).first()
        others = User.objects.exclude(pk=user.pk) if user else User.objects.all()
        if Summit.objects.exists() or others.exists():
            raise NotFirst("There is an account already: whoever set the system up can make others.")
        if user is None:
            user = User(email=address, is_superuser=True)
            user.set_unusable_password()
            user.full_clean()
            user.save()
            audit.record(by=audit.SYSTEM, action="summit.user.add", target=user, summit=None)
    return user


def create_summit(
    *,
    by: User,
    slug: str,
    name: str,
    short_name: str,
    host: str,
    place: str,
    time_zone: str,
    starts_on: date,
    ends_on: date,
    language: str,
    contact_email: str,
    accent: str,
    public: bool,
    names: dict[str, dict[str, str]] | None = None,
) -> Summit:
    """Create a summit, with whoever creates it as its organiser. Raises PermissionDenied, and ValidationError for
    what can't stand in a field."""
    check(by, "summit.summit.add", None)
    summit = Summit(
        slug=slug,
        name=name,
        short_name=short_name,
        host=host,
        place=place,
        time_zone=time_zone,
        starts_on=starts_on,
        ends_on=ends_on,
        language=language,
        contact_email=contact_email,
        accent=accent,
        public=public,
        names=named(names or {}),
    )
    _store(summit, by)
    return summit


def _store(summit: Summit, by: User) -> None:
    with transaction.atomic():
        summit.full_clean()
        summit.save()
        audit.record(by=by, action="summit.summit.add", target=summit, summit=summit)
        for found in founding:
            found(summit, by)
        begin(summit)


def named(names: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Return what a summit is called in other languages as it is kept: without those in which nothing is said."""
    return {language: dict(texts) for language, texts in names.items() if texts}


def call(*, summit: Summit, names: Mapping[str, Mapping[str, str]], by: User) -> None:
    """Set what a summit is called in other languages than its first. Raises PermissionDenied, and ValidationError for
    what can't be kept. Names that stand already are left as they are."""
    check(by, "summit.summit.change", summit)
    wanted = named(names)
    with transaction.atomic():
        row = Summit.objects.select_for_update().get(pk=summit.pk)
        if row.names == wanted:
            return
        row.names = wanted
        row.clean_fields(exclude={field.name for field in Summit._meta.fields} - {"names"})
        row.save(update_fields=["names"])
        audit.record(by=by, action="summit.summit.change", target=summit, summit=summit, fields=["names"])
    summit.names = wanted


def furnish(
    *, summit: Summit, by: User, name: str, address: str = "", rooms: Sequence[tuple[str, int | None]] = ()
) -> Venue:
    """Enter the venue of that name, or take the one there is, and add the rooms (name, seats) that it lacks. Raises
    PermissionDenied, and ValidationError for what can't stand in a field."""
    check(by, "summit.venue.change", summit)
    check(by, "summit.room.change", summit)
    with transaction.atomic():
        venue = Venue.objects.filter(summit=summit, name=name).first()
        fresh = venue is None
        if venue is None:
            venue = Venue(summit=summit, name=name)
        if fresh or (address and address != venue.address):
            venue.address = address
            venue.full_clean()
            venue.save()
            verb = "add" if fresh else "change"
            fields = ["name", "address"] if fresh else ["address"]
            audit.record(by=by, action=f"summit.venue.{verb}", target=venue, summit=summit, fields=fields)
        _add_rooms(venue, rooms, by)
    return venue


def _add_rooms(venue: Venue, rooms: Sequence[tuple[str, int | None]], by: User) -> None:
    known = {name.casefold() for name in venue.rooms.values_list("name", flat=True)}
    position = len(known)
    for name, seats in rooms:
        if name.casefold() in known:
            continue
        room = Room(venue=venue, name=name, capacity=seats, position=position)
        room.full_clean()
        room.save()
        audit.record(by=by, action="summit.room.add", target=room, summit=venue.summit)
        known.add(name.casefold())
        position += 1


def set_answer_by(*, summit: Summit, moment: datetime, by: User) -> None:
    """Set when answers are due. Raises PermissionDenied. A moment that stands already is left as it is."""
    if summit.answer_by == moment:
        return
    check(by, "summit.summit.change", summit)
    with transaction.atomic():
        summit.answer_by = moment
        summit.save(update_fields=["answer_by"])
        audit.record(by=by, action="summit.summit.change", target=summit, summit=summit, fields=["answer_by"])
