"""The registry of the events that webhooks can ask for. Each app declares its events in its modules `events.py`.

A declaration has everything about an event: what it says, who may know of it, and the services that emit it.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, is_typeddict

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from summit.core.bulk_insert import insert_new
from summit.summits.models import Summit
from summit.webhooks.models.deliveries import Delivery, DeliveryState
from summit.webhooks.models.endpoints import Endpoint, EndpointKind
from summit.webhooks.payload_types import payload_problems

Subject = TypeVar("Subject")

# As long as the column of deliveries.
LONGEST_NAME = 60
NAME = re.compile(rf"(?=.{{1,{LONGEST_NAME}}}$)[a-z]+\.[a-z]+(_[a-z]+)*")

# The test event, which an organiser sends by hand. Webhooks can't ask for it.
TEST = "webhook.test"
# A ping to the deployment's WebSub hub.
PING = "websub.publish"


class NotKnown(Exception):
    """An event is emitted about something of which the receivers may not know."""


class UndeclaredPayload(TypeError):
    """The payload of an event isn't of the type that its declaration names."""


@dataclass(frozen=True)
class KnownTo(Generic[Subject]):
    """Who may know of the subjects of an event, in `words`.

    `known` gets a summit and subjects, and returns those of which the owners of the summit's endpoints may know now.
    """

    words: str
    known: Callable[[Summit, Sequence[Subject]], Sequence[Subject]]


def once(subject: Any) -> int:
    """Return the only `version` of something that happens once: to each endpoint a single delivery is ever sent."""
    return 0


@dataclass(frozen=True, kw_only=True)
class Event(Generic[Subject]):
    """An event of which endpoints are told, such as "text.published". `Subject` is the type of what it is about.

    - `label` completes the sentence "Tell it when …".
    - `services` are the dotted paths of the functions in whose transactions it is emitted.
    - `known_to` says who may know of it. The emission checks that.
    - `subject_key`, such as "press.edition:k3…", and `version` of a subject make an endpoint's delivery unique. What
      can happen again needs a version that rises with it, or the second delivery is never stored; else `once`.
    - `payload` is a TypedDict (`summit.webhooks.payload_types`): the data that a receiver gets. Receivers read its
      docstring in the API's description. `build_payload` returns the data for a subject.
    """

    name: str
    label: Promise
    services: tuple[str, ...]
    known_to: KnownTo[Subject]
    summit: Callable[[Subject], Summit]
    subject_key: Callable[[Subject], str]
    version: Callable[[Subject], int]
    payload: type[Any]
    build_payload: Callable[[Subject], Mapping[str, Any]]

    def emit(self, *subjects: Subject) -> int:
        """Store a delivery for each subject and each endpoint that asked for the event, and return how many are new.

        A delivery that was stored before for the same subject and endpoint is left unchanged. Makes one query for
        each summit if no endpoint asked for it, and otherwise two besides those of `known_to`.

        Raises NotKnown if the receivers may not know of a subject; that is checked where an endpoint asked for the
        event. Raises RuntimeError outside a transaction, because a delivery and its cause must be stored together or
        not at all.
        """
        return self._emit(subjects, skip_hidden=False)

    def emit_known(self, *subjects: Subject) -> int:
        """Do the same as `emit`, but leave out the subjects of which the endpoints may not know."""
        return self._emit(subjects, skip_hidden=True)

    def _emit(self, subjects: Sequence[Subject], *, skip_hidden: bool) -> int:
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("emit() belongs into the transaction that causes the event")
        by_summit: dict[Summit, list[Subject]] = {}
        for subject in subjects:
            by_summit.setdefault(self.summit(subject), []).append(subject)
        rows: list[Delivery] = []
        for summit, own_subjects in by_summit.items():
            if endpoints := self._endpoints(summit):
                known = self._known(summit, own_subjects, skip_hidden=skip_hidden)
                rows += [row for subject in known for row in self._deliveries(subject, endpoints)]
        return insert_new(rows) if rows else 0

    def _endpoints(self, summit: Summit) -> list[Endpoint]:
        active = Endpoint.objects.filter(summit=summit, enabled=True, kind=EndpointKind.WEBHOOK).only("pk", "events")
        return [endpoint for endpoint in active.order_by("pk") if self.name in endpoint.events]

    def _known(self, summit: Summit, subjects: list[Subject], *, skip_hidden: bool) -> list[Subject]:
        known = self.known_to.known(summit, subjects)
        if not skip_hidden and any(subject not in known for subject in subjects):
            raise NotKnown(f"{self.name} would tell of something that isn't known to {self.known_to.words}")
        return [subject for subject in subjects if subject in known]

    def _deliveries(self, subject: Subject, endpoints: list[Endpoint]) -> list[Delivery]:
        data = dict(self.build_payload(subject))
        if problems := list(payload_problems(self.payload, data)):
            raise UndeclaredPayload(f"{self.name}: {'; '.join(problems)}")
        key, version = self.subject_key(subject), self.version(subject)
        return [
            Delivery(endpoint=endpoint, event=self.name, subject_key=key, version=version, data=data)
            for endpoint in endpoints
        ]


EVENTS: dict[str, Event[Any]] = {}
_OURS: dict[str, Promise] = {TEST: _("a test"), PING: _("a feed has changed")}


def declare(event: Event[Subject]) -> Event[Subject]:
    """Declare an event, and return it.

    Raises ValueError if another event has its name, or if the name isn't one such as "agenda.session_moved", and
    TypeError if the payload isn't a TypedDict.
    """
    if not NAME.fullmatch(event.name):
        raise ValueError(f"{event.name}: call it like agenda.session_moved, in at most {LONGEST_NAME} characters")
    if not is_typeddict(event.payload):
        raise TypeError(f"{event.name}: its payload must be a TypedDict")
    if event.name in _OURS or EVENTS.setdefault(event.name, event) is not event:
        raise ValueError(f"two events are called {event.name}")
    return event


def event_label(name: str) -> str:
    """Return the label of an event, or its name if it isn't declared any more."""
    return str(EVENTS[name].label if name in EVENTS else _OURS.get(name, name))


def choices() -> list[tuple[str, str]]:
    """Return the events that webhooks can ask for, as pairs of name and label, sorted by name."""
    return [(name, event_label(name)) for name in sorted(EVENTS)]


def take_back(name: str, subject_key: str) -> bool:
    """Delete the deliveries of an event about a subject that nobody has begun to send. Return whether none is left.

    If one is left, a receiver has been told, or is being told.
    """
    rows = Delivery.objects.filter(event=name, subject_key=subject_key)
    rows.filter(state=DeliveryState.PENDING, attempts=0, lease_until__isnull=True).delete()
    return not rows.exists()
