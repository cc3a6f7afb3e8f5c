"""Signing in and out, and being refused, in the audit."""

import json
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.accounts import sign_in_log
from summit.accounts.models import RefusedSignIns
from summit.audit.actions import ACTION_WORDS, Facts
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.tasks import chain_audit
from summit.users.models import User
from tests.factories import PASSWORD, UserFactory
from tests.summit.accounts.helpers import by_password, code, with_app
from tests.summit.audit.test_actions import told_on
from tests.summit.conftest import desk_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_counts")]
ONE = "1 sign-in attempt"


@pytest.fixture
def zoe(summit: Summit) -> User:
    return UserFactory.with_role(Role.ORGANISER, summit, email="zoe@host.example", password=PASSWORD)


def told() -> list[tuple[str, str]]:
    """Return who did what, oldest first, in the audit's words."""
    rows = AuditEntry.objects.order_by("id").select_related("by")
    return [
        (str(row.by or row.by_label), ACTION_WORDS[row.action].say(Facts(row.detail, row.summit))) for row in rows
    ]


def refuse(email: str, number: int = 1, password: str = "wrong") -> None:  # noqa: S107
    for each in range(number):
        client = Client(REMOTE_ADDR=f"192.0.2.{each % 250}")
        assert client.post("/accounts/login/", {"login": email, "password": password}).status_code == 200


def later(minutes: int) -> None:
    """Let the time since something was refused have passed."""
    RefusedSignIns.objects.update(since=db_now() - timedelta(minutes=minutes))


def test_in_and_out(zoe: User, summit: Summit) -> None:
    client = by_password(zoe)
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")
    assert told() == [(zoe.name, "signed in with a password"), (zoe.name, "signed out")]
    assert {(row.summit, row.object_key) for row in AuditEntry.objects.all()} == {(summit, zoe.public_id)}


def test_by_a_code_of_the_app_and_by_one_for_recovery(zoe: User) -> None:
    secret = with_app(zoe)
    codes = RecoveryCodes.activate(zoe).get_unused_codes()
    for entered in (code(secret), codes[0]):
        client = by_password(zoe)
        assert AuditEntry.objects.filter(action="summit.sign_in").count() == int(entered == codes[0])
        client.post("/accounts/2fa/authenticate/", {"code": entered})
    assert [what for _who, what in told()] == [
        "signed in with a password and an app code",
        "signed in with a password and a recovery code",
    ]


def test_what_was_typed_is_nowhere(zoe: User) -> None:
    refuse(zoe.email, password="a-secret-of-zoe")
    refuse("nobody@host.example", password="a-secret-of-nobody")
    [entry] = AuditEntry.objects.all()
    assert (entry.action, entry.detail, entry.by_label) == ("summit.refuse_sign_in", {"number": 1}, "system")
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name of the database's own
            found = json.dumps(cursor.fetchall(), default=str)
            assert "a-secret" not in found
            assert "nobody@" not in found


def test_a_flood_is_one_entry_and_then_its_number(zoe: User, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(zoe.email, 4)
    assert told() == [("system", "refused 1 sign-in attempt")]
    later(9)
    chain_audit()
    assert AuditEntry.objects.count() == 1
    later(10)
    chain_audit()
    chain_audit()
    assert told()[1:] == [("system", "refused 3 sign-in attempts")]
    assert RefusedSignIns.objects.count() == 0
    # The control: unbounded each would be an entry.
    monkeypatch.setattr(sign_in_log, "TOGETHER", timedelta(0))
    refuse(zoe.email, 4)
    assert AuditEntry.objects.count() == 2 + 4


def test_what_was_refused_meanwhile_is_recorded_with_the_next_attempt_and_before_coming_in(zoe: User) -> None:
    refuse(zoe.email, 3)
    later(11)
    refuse(zoe.email, 2)
    by_password(zoe)
    refused = [f"refused {words}" for words in (ONE, "2 sign-in attempts", ONE, ONE)]
    assert [what for _who, what in told()] == [*refused, "signed in with a password"]


def test_wrong_second_steps_say_that_the_password_was_right(zoe: User) -> None:
    with_app(zoe)
    for _ in range(2):
        by_password(zoe).post("/accounts/2fa/authenticate/", {"code": "000000"})
    refuse(zoe.email)
    later(10)
    sign_in_log.record_refused()
    assert [what for _who, what in told()] == [
        "refused 1 sign-in attempt at the second step, after a correct password",
        "refused 2 sign-in attempts, 1 with the correct password",
    ]
    # A closed account is refused.
    User.objects.update(is_active=False)
    by_password(zoe)
    assert told()[2:] == [("system", "refused 1 sign-in attempt")]


def test_they_stand_in_the_accounts_history(zoe: User, summit: Summit) -> None:
    refuse(zoe.email)
    by_password(zoe)
    assert told_on(desk_of(summit), zoe) == ["signed in with a password", f"refused {ONE}"]


def test_the_same_is_done_for_an_address_without_an_account(zoe: User) -> None:
    def statements(email: str) -> list[str]:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            refuse(email)
        return [" ".join(str(query["sql"]).split()[:3]) for query in captured.captured_queries]

    known: Any = statements(zoe.email)
    unknown = [words for words in statements("nobody@host.example") if not words.startswith("ROLLBACK")]
    # What is taken back is rolled back to its savepoint before that is released.
    assert [words.split()[0] for words in unknown] == [words.split()[0] for words in known]
