"""No record of any log holds personal data or a secret, in neither format, whatever goes wrong."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from delegations.invitations.services import links
from delegations.members.models.members import Membership
from summit.core import log_filters, log_formats
from summit.core.exception_text import described, traceback_text
from summit.jobs import job_kinds, runner
from summit.jobs.models.jobs import Job
from summit.outbox import delivery, mime, smtp_connection
from summit.outbox.models import Message
from summit.outbox.tasks import deliver as deliver_task
from summit.people.models import Person
from summit.public import views as public_views
from summit.users.models import User
from summit.webhooks import delivery as webhook_delivery
from summit.webhooks import payload
from tests import factories as f
from tests.canaries import MARK
from tests.canary_person import NAME, known_person
from tests.clients import signed_in
from tests.module_fixtures import once_a_module

pytestmark = pytest.mark.django_db
FORMATS = ("json", "text")


@once_a_module
def world() -> tuple[Person, User]:
    """Make somebody with a canary in each personal column, and an organiser."""
    return known_person()


@pytest.fixture
def logs() -> Iterator[dict[str, io.StringIO]]:
    """Give what is logged meanwhile in each format, as production writes it, from DEBUG on."""
    found = {}
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = []
    for name in FORMATS:
        found[name] = io.StringIO()
        handler = logging.StreamHandler(found[name])
        handler.setFormatter(import_string(settings.LOGGING["formatters"][name]["()"])(values=False))
        for each in settings.LOGGING["handlers"]["console"]["filters"]:
            handler.addFilter(import_string(settings.LOGGING["filters"][each]["()"])())
        handlers.append(handler)
        root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    # Of the tests themselves.
    logging.getLogger("factory").setLevel(logging.INFO)
    yield found
    root.setLevel(level)
    for handler in handlers:
        root.removeHandler(handler)


def raises(kind: type[Exception], words: str = NAME) -> Callable[..., Any]:
    """Return a function that raises an exception that quotes a name, which is in a local variable too."""

    def fail(*args: Any, **kwargs: Any) -> Any:
        local = NAME  # noqa: F841 - no traceback may show it
        try:
            raise ValueError(f"couldn't read {words}")
        except ValueError as cause:
            # PostgreSQL's first line has no values.
            first = "null value in a column" if issubclass(kind, DatabaseError) else f"{words} <{MARK}@land.example>"
            raise kind(f"{first}\nDETAIL: Failing row contains ({words})") from cause

    return fail


def browse(person: Person, organiser: User) -> None:
    """Open the pages about somebody, send forms that are refused, look for them, and fail to sign in as them."""
    desk, nobody = signed_in(organiser), Client(raise_request_exception=False)
    membership = Membership.objects.filter(person=person).first()
    message = Message.objects.filter(person=person).first()
    for row in (person, membership, membership and membership.party, message):
        assert row is not None
        path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        assert desk.get(path, {"q": MARK}).status_code in (200, 302)
        desk.post(path, {"name": NAME, "email": f"{MARK} at nowhere", "passport_number": MARK})
    for path in (f"/{MARK}/agenda/", f"/portal/person/{MARK}/", f"/api/v1/summits/{MARK}/?name={MARK}"):
        assert nobody.get(path, {"q": NAME}).status_code in (302, 404)
    nobody.post("/accounts/login/", {"login": f"{MARK}-account@land.example", "password": f"{MARK}-secret"})
    nobody.post("/accounts/password/reset/", {"email": f"{MARK}@land.example"})
    nobody.get("/accounts/password/reset/key/3k-set-password/")
    nobody.get("/api/v1/me/", headers={"authorization": f"Bearer {MARK}-token"})
    nobody.get("/", headers={"host": f"{MARK}.example"})
    link = membership and membership.party.invitations.get().links.first()
    assert link is not None
    nobody.get(f"/i/{links.token(link)}/")
    strict = Client(enforce_csrf_checks=True)
    for headers in ({"origin": f"https://{MARK}.example"}, {"referer": f"https://x.example/{MARK}"}):
        assert strict.post("/accounts/login/", {"login": MARK}, secure=True, headers=headers).status_code == 403


def fail(organiser: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages, mails, webhooks and jobs fail by exceptions that quote canaries."""
    client = Client(raise_request_exception=False)
    for kind, status in ((ValueError, 500), (IntegrityError, 500), (UnicodeError, 500)):
        with monkeypatch.context() as patched:
            patched.setattr(public_views.Summit.objects, "open_to_public", raises(kind))
            assert client.get("/", {"q": NAME}).status_code == status
    for module, name in ((mime, "render"), (smtp_connection.MailConnection, "send")):
        unrendered = f.MessageFactory(address=f"{MARK}-to@land.example", facts={"name": NAME})
        Message.objects.filter(pk=unrendered.pk).update(**({"rendered": None} if module is mime else {}))
        with monkeypatch.context() as patched:
            patched.setattr(module, name, raises(OSError))
            assert delivery.deliver([unrendered.pk]) == 0
    row = f.DeliveryFactory(endpoint__url=f"https://{MARK}.example/{MARK}")
    with monkeypatch.context() as patched:
        patched.setattr(payload, "body", raises(KeyError))
        webhook_delivery.work(row.endpoint_id)
    with monkeypatch.context() as patched:
        patched.setattr(delivery, "deliver", raises(DatabaseError))
        assert deliver_task.apply(args=[[1]]).state == "FAILURE"
    kind = next(iter(job_kinds.KINDS))
    job = Job.objects.create(kind=kind, by=organiser, key=MARK)
    with monkeypatch.context() as patched:
        patched.setattr(runner, "step", raises(LookupError))
        runner.run(job.pk)


def gunicorn_fails() -> None:
    """Log what gunicorn logs of a request that it can't handle."""
    log = logging.getLogger("gunicorn.error")
    try:
        raises(RuntimeError)()
    except RuntimeError:
        log.exception("Error handling request %s", f"/{MARK}/?q={MARK}")
    log.warning(f"Invalid request from ip=192.0.2.7: {MARK}")


@pytest.mark.slow("opens pages, and lets mails, webhooks and jobs fail")
def test_nothing_of_a_person_is_logged(
    world: tuple[Person, User], logs: dict[str, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    person, organiser = world
    browse(person, organiser)
    fail(organiser, monkeypatch)
    gunicorn_fails()
    texts = {name: stream.getvalue() for name, stream in logs.items()}
    assert {
        name: [line for line in text.splitlines() if MARK in line.casefold()] for name, text in texts.items()
    } == {
        "json": [],
        "text": [],
    }
    lines = [json.loads(line) for line in texts["json"].splitlines()]
    requests = [line for line in lines if line["logger"] == "summit.requests"]
    assert {line["status"] for line in requests} >= {200, 302, 401, 403, 404, 500}
    assert {line.get("account") for line in requests} == {None, organiser.pk}
    assert {"i/<token>/", "-"} & {line["route"] for line in requests} != set()
    failed = {line["logger"] for line in lines if "traceback" in line}
    assert failed == {
        *("django.request", "summit.outbox.delivery", "summit.webhooks.delivery", "summit.jobs.runner"),
        *("celery.app.trace", "gunicorn.error"),
    }
    # Each request that failed is found by its id.
    ids = {line["request_id"] for line in lines if line["logger"] == "django.request"}
    assert ids == {line["request_id"] for line in requests if line["status"] == 500}


@pytest.mark.slow("does the same again")
def test_control_without_filters_and_with_values(
    world: tuple[Person, User], logs: dict[str, io.StringIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_filters.PersonalDataFilter, "filter", lambda self, record: True)
    monkeypatch.setattr(log_formats, "traceback_text", lambda problem: f"{problem}")
    monkeypatch.setattr(log_formats, "described", str)
    browse(*world)
    browsed = {name: MARK in stream.getvalue().casefold() for name, stream in logs.items()}
    for stream in logs.values():
        stream.seek(0)
        stream.truncate()
    fail(world[1], monkeypatch)
    failed = {name: MARK in stream.getvalue().casefold() for name, stream in logs.items()}
    assert (browsed, failed) == (dict.fromkeys(FORMATS, True), dict.fromkeys(FORMATS, True))


def test_exceptions_are_told_without_values() -> None:
    with pytest.raises(IntegrityError) as raised:
        raises(IntegrityError)()
    assert described(raised.value) == "django.db.utils.IntegrityError: null value in a column"
    whole = traceback_text(raised.value)
    assert MARK not in whole
    assert "ValueError (message withheld)\nThis was the direct cause of:\nTraceback (most recent call last):" in whole
    assert "in fail" in whole
    for problem, told in (
        (ValueError("x"), "ValueError (message withheld)"),
        (KeyError(), "KeyError"),
        (AttributeError("'A' object has no attribute 'b'"), "AttributeError: 'A' object has no attribute 'b'"),
        (TypeError("'NoneType' object is not iterable"), "TypeError: 'NoneType' object is not iterable"),
        (TypeError("Field 'id' expected a number but got ['x']."), "TypeError (message withheld)"),
        (ConnectionRefusedError(111, "Connection refused"), "ConnectionRefusedError: Connection refused"),
    ):
        assert described(problem) == told
    group = traceback_text(ExceptionGroup("x", [ValueError("y")]))
    assert group.endswith("Exception 1 of the group:\nValueError (message withheld)")


def test_a_busy_database_is_told_by_its_first_line() -> None:
    with pytest.raises(DatabaseError) as raised, connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert described(raised.value).startswith("django.db.utils.")
