"""The services by which organisers add, change and test endpoints, and turn them on or off."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit import services as audit
from summit.audit.actions import audit_action, row_actions
from summit.core.database_clock import db_now
from summit.core.models import new_public_id
from summit.permissions.rules import check
from summit.summits.models import Summit
from summit.users.models import User
from summit.webhooks import signing
from summit.webhooks.events import EVENTS, TEST
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import OVERLAP, Endpoint, EndpointKind, OffWhy

CHANGE = "webhooks.endpoint.change"
FIELDS = ("name", "url", "events")
# If a new secret is requested again within this time, the previous one counts as not set up at the receiver yet.
AGAIN = timedelta(minutes=10)
ENDPOINT_ACTIONS = row_actions(
    "webhooks.endpoint",
    add=gettext_lazy("added the webhook"),
    change=gettext_lazy("changed the webhook"),
    remove=gettext_lazy("deleted the webhook"),
)
TURN_OFF = audit_action("webhooks.turn_off", gettext_lazy("turned the webhook off"))
TURN_ON = audit_action("webhooks.turn_on", gettext_lazy("turned the webhook on"))
NEW_SECRET = audit_action("webhooks.new_secret", gettext_lazy("gave the webhook a new secret"))
TEST_ACTION = audit_action("webhooks.test", gettext_lazy("sent the webhook a test"))


class EndpointProblem(ValueError):
    """An action on an endpoint isn't possible. The exception's message says why and what to do."""


def make(*, summit: Summit, values: Mapping[str, Any], by: User) -> Endpoint:
    """Add an endpoint, which is on from the start, and return it.

    Raises PermissionDenied, and ValidationError with the errors by field. Raises KeyError for an event that isn't
    declared, and ValueError for a name that isn't in FIELDS.
    """
    check(by, CHANGE, summit)
    row = Endpoint(summit=summit, **_validated(values))
    row.clean_fields(exclude=["events"])
    with transaction.atomic():
        row.save(force_insert=True)
        audit.record(by=by, action=ENDPOINT_ACTIONS.add, target=row, summit=summit, fields=sorted(values))
    return row


def change(*, endpoint: Endpoint, values: Mapping[str, Any], by: User) -> None:
    """Change an endpoint's name, URL or events. Unchanged values are not recorded in the audit.

    Raises PermissionDenied, ValidationError with the errors by field, and EndpointProblem for a hub. Raises KeyError
    for an event that isn't declared, and ValueError for a name that isn't in FIELDS.
    """
    check(by, CHANGE, endpoint.summit)
    _check_webhook(endpoint)
    changed = {name: value for name, value in _validated(values).items() if getattr(endpoint, name) != value}
    for name, value in changed.items():
        setattr(endpoint, name, value)
    endpoint.clean_fields(exclude=["events"])
    if not changed:
        return
    with transaction.atomic():
        endpoint.save(update_fields=list(changed))
        fields = sorted(changed)
        audit.record(by=by, action=ENDPOINT_ACTIONS.change, target=endpoint, summit=endpoint.summit, fields=fields)


def _validated(values: Mapping[str, Any]) -> dict[str, Any]:
    if unknown := set(values) - set(FIELDS):
        raise ValueError(f"no part of an endpoint: {', '.join(sorted(unknown))}")
    for event in values.get("events", ()):
        EVENTS[event]
    return dict(values)


def _check_webhook(endpoint: Endpoint) -> None:
    if endpoint.kind != EndpointKind.WEBHOOK:
        raise EndpointProblem(_("The system administrator sets the hub."))


def turn_off(*, endpoint: Endpoint, by: User) -> None:
    """Turn an endpoint off. Its waiting deliveries stay. Raises PermissionDenied, or EndpointProblem if it is off."""
    check(by, CHANGE, endpoint.summit)
    with transaction.atomic():
        rows = Endpoint.objects.filter(pk=endpoint.pk, enabled=True)
        if not rows.update(enabled=False, off_why=OffWhy.HAND, off_at=Now()):
            raise EndpointProblem(_("This webhook is already off."))
        audit.record(by=by, action=TURN_OFF, target=endpoint, summit=endpoint.summit)


def turn_on(*, endpoint: Endpoint, by: User) -> None:
    """Turn an endpoint on, so that its waiting deliveries are sent.

    Raises PermissionDenied, or EndpointProblem if it is on.
    """
    check(by, CHANGE, endpoint.summit)
    reset = {"failing_since": None, "given_up": 0, "handed_until": None}
    with transaction.atomic():
        rows = Endpoint.objects.filter(pk=endpoint.pk, enabled=False)
        if not rows.update(enabled=True, off_why="", off_at=None, **reset):
            raise EndpointProblem(_("This webhook is already on."))
        audit.record(by=by, action=TURN_ON, target=endpoint, summit=endpoint.summit)


def new_secret(*, endpoint: Endpoint, by: User) -> str:
    """Give an endpoint a new secret, and return the secret. It can't be shown again later.

    If the previous secret may be in use, events are signed with both secrets for OVERLAP. Raises PermissionDenied,
    and EndpointProblem for a hub.
    """
    check(by, CHANGE, endpoint.summit)
    _check_webhook(endpoint)
    secret = signing.new_secret()
    with transaction.atomic():
        row = Endpoint.objects.select_for_update().get(pk=endpoint.pk)
        former = {"former_secret": row.secret, "former_until": Now() + OVERLAP} if _in_use(row) else {}
        Endpoint.objects.filter(pk=row.pk).update(secret=secret, secret_shown_at=Now(), **former)
        audit.record(by=by, action=NEW_SECRET, target=endpoint, summit=endpoint.summit, fields=["secret"])
    return secret


def _in_use(row: Endpoint) -> bool:
    """Return whether the receiver may already use the endpoint's current secret.

    False if the secret was never shown, or was shown less than AGAIN ago. In the second case the former secret must
    stay valid.
    """
    return row.secret_shown_at is not None and db_now() - row.secret_shown_at > AGAIN


def send_test(*, endpoint: Endpoint, by: User) -> Delivery:
    """Store a delivery of a test event for an endpoint, and return the delivery. Workers send it like any other.

    Raises PermissionDenied, and EndpointProblem for a hub or if the endpoint is off.
    """
    check(by, CHANGE, endpoint.summit)
    _check_webhook(endpoint)
    with transaction.atomic():
        if not Endpoint.objects.filter(pk=endpoint.pk, enabled=True).update(given_up=F("given_up")):
            raise EndpointProblem(_("This webhook is off. Turn it on first."))
        # A test shows how the receiver is now, so it is set aside and doesn't wait for earlier deliveries.
        key = f"webhooks.test:{new_public_id()}"
        data = {"summit": endpoint.summit.public_id}
        row = Delivery.objects.create(endpoint=endpoint, event=TEST, subject_key=key, data=data, aside=True)
        audit.record(by=by, action=TEST_ACTION, target=endpoint, summit=endpoint.summit)
    return row
