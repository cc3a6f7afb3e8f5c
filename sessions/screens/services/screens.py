"""Services that add, change and remove screens, and give and take back their addresses."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.screens.models import Screen
from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.audit.row_changes import Values, apply_values, save_changes
from summit.core.models import ALPHABET
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User

CHANGE = "agenda.screen.change"
# Letters of a key: five bits each, so 120 bits. A key is typed once, often with a remote control.
LENGTH = 24
_FORM = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")
# A connection is stored at most this often.
NOTED = timedelta(minutes=1)
SCREEN_ACTIONS = row_actions(
    "agenda.screen",
    add=gettext_lazy("added a screen"),
    change=gettext_lazy("changed a screen"),
    remove=gettext_lazy("deleted a screen"),
)
NEW_ADDRESS = audit_action("agenda.screen.new_address", gettext_lazy("gave the screen a new address"))
TURN_OFF = audit_action("agenda.screen.turn_off", gettext_lazy("turned the screen off"))


class ScreenOff(ValueError):
    """Raised if a screen that has no address is turned off. The message says so."""


def create(*, by: User, summit: Summit, values: Values) -> Screen:
    """Add a screen, which has no address yet. Raises PermissionDenied, and ValidationError for invalid values."""
    check(by, CHANGE, summit)
    row = Screen(summit=summit)
    apply_values(row, values)
    with transaction.atomic():
        _check(row)
        row.save(force_insert=True)
        audit.record(by=by, action=SCREEN_ACTIONS.add, target=row, summit=summit, fields=values)
    return row


def change(*, by: User, screen: Screen, values: Values) -> Screen:
    """Change what a screen shows. It keeps its address. Raises PermissionDenied and ValidationError."""
    check(by, CHANGE, screen.summit)
    with transaction.atomic():
        row = Screen.objects.select_for_update(of=("self",)).select_related("summit").get(pk=screen.pk)
        changed = apply_values(row, values)
        _check(row)
        save_changes(row, changed, by=by, action=SCREEN_ACTIONS.change, summit=row.summit)
    return row


def remove(*, by: User, screen: Screen) -> None:
    """Delete a screen; its address stops working at once. Raises PermissionDenied."""
    check(by, CHANGE, screen.summit)
    with transaction.atomic():
        audit.record(by=by, action=SCREEN_ACTIONS.remove, target=screen, summit=screen.summit)
        screen.delete()


def _check(row: Screen) -> None:
    row.full_clean()
    if row.room is not None and row.room.venue.summit_id != row.summit_id:
        raise ValidationError({"room": _("Choose a room of this summit.")})


def new_address(*, by: User, screen: Screen) -> str:
    """Give a screen a new address and return it. Its former address stops working at once.

    The address can't be shown again. Raises PermissionDenied.
    """
    check(by, CHANGE, screen.summit)
    key = "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))
    with transaction.atomic():
        Screen.objects.filter(pk=screen.pk).update(digest=digest_of(key), opened_at=Now(), seen_at=None)
        audit.record(by=by, action=NEW_ADDRESS, target=screen, summit=screen.summit)
    return f"{settings.BASE_URL}{reverse('screens:screen', args=[screen.summit.slug, key])}"


def turn_off(*, by: User, screen: Screen) -> None:
    """Take a screen's address back, so that it stops working at once.

    Raises PermissionDenied, or ScreenOff if the screen has no address.
    """
    check(by, CHANGE, screen.summit)
    with transaction.atomic():
        rows = Screen.objects.filter(pk=screen.pk).exclude(digest="")
        if not rows.update(digest="", opened_at=None, seen_at=None):
            raise ScreenOff(_("This screen is already off."))
        audit.record(by=by, action=TURN_OFF, target=screen, summit=screen.summit)


def digest_of(key: str) -> str:
    """Return the digest of a key by which a screen is found."""
    return hashlib.sha256(key.encode()).hexdigest()


def digest_if_key(key: str) -> str | None:
    """Return the digest of a string that may be a key, or None for any other string."""
    return digest_of(key) if _FORM.fullmatch(key) else None


def find_by_key(*, summit: str, key: str) -> Screen | None:
    """Return the screen of a summit (by slug) with this key, or None for any other key. Makes one query at most."""
    digest = digest_if_key(key)
    if digest is None:
        return None
    rows = Screen.objects.filter(summit__slug=summit, digest=digest)
    return rows.select_related("summit", "room__venue").first()


def record_connection(screen: int, *, seen_at: datetime | None, now: datetime) -> None:
    """Record that a screen (by primary key) has asked for its content, at most once in NOTED."""
    if seen_at is None or seen_at < now - NOTED:
        Screen.objects.filter(pk=screen).update(seen_at=Now())
