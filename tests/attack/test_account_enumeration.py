"""Whether a mailbox is known is told neither by what is answered nor by what is done for it."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from allauth.account.forms import ResetPasswordForm
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from summit.accounts.forms import ResetPassword
from summit.outbox import enqueue, mime
from tests.factories import PASSWORD, PersonFactory, UserFactory

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "zoe.known@host.example", "zoe.other@host.example"
FORMS = {
    "sign-in": ("/accounts/login/", lambda email: {"login": email, "password": "wrong"}),
    "code": ("/portal/sign-in/", lambda email: {"mailbox": email}),
    "reset": ("/accounts/password/reset/", lambda email: {"email": email}),
}
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|<p class="clock".*?</p>', re.S)


@pytest.fixture(autouse=True)
def known() -> None:
    """Make the account and the person of one mailbox."""
    UserFactory(email=KNOWN, password=PASSWORD)
    PersonFactory(email=KNOWN)


def ask(form: str, email: str) -> Any:
    """Send a form, and return the last answer to which it leads."""
    path, data = FORMS[form]
    client = Client()
    answer = client.post(path, data(email))
    return client.get(answer["Location"]) if answer.status_code in (302, 303) else answer


def work(form: str, email: str) -> Counter[str]:
    """Return what is done for a form that is sent: hashes, templates, messages, statements by their first word."""
    done: Counter[str] = Counter()

    def counted(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            done[name] += 1
            return function(*args, **kwargs)

        return call

    cache.clear()
    with CaptureQueriesContext(connection) as captured, pytest.MonkeyPatch.context() as patched:
        patched.setattr(MD5PasswordHasher, "encode", counted("password hash", MD5PasswordHasher.encode))
        patched.setattr(Template, "render", counted("template", Template.render))
        patched.setattr(enqueue, "store", counted("stored message", enqueue.store))
        patched.setattr(mime, "build", counted("built mail", mime.build))
        ask(form, email)
    words = [query["sql"].split()[0] for query in captured.captured_queries]
    # What is done for an unknown mailbox is taken back.
    return done + Counter(word for word in words if word not in ("ROLLBACK", "SAVEPOINT", "RELEASE"))


@pytest.mark.parametrize("form", FORMS)
def test_the_answers_are_the_same(form: str) -> None:
    pages = set()
    for email in (KNOWN, UNKNOWN):
        answer = ask(form, email)
        content = TOKEN.sub(b"", answer.content).replace(email.encode(), b"")
        pages.add((answer.status_code, answer.request["PATH_INFO"], content))
    assert len(pages) == 1


@pytest.mark.parametrize(
    ("form", "needs"), [("sign-in", "password hash"), ("code", "stored message"), ("reset", "template")]
)
def test_the_work_is_the_same(form: str, needs: str) -> None:
    done = work(form, KNOWN)
    assert work(form, UNKNOWN) == done
    assert done[needs] > 0


def test_control_a_mail_to_the_known_alone_is_more_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ResetPassword, "save", ResetPasswordForm.save)
    assert work("reset", KNOWN) - work("reset", UNKNOWN)
