"""The web process opens neither Redis nor SMTP: everything it has to say stands in the database."""

import socket
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.test import Client

from summit.outbox.models import Message
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Refuse and list every connection that Python would open."""
    tried: list[Any] = []

    def refuse(self: socket.socket, address: Any) -> None:
        tried.append(address)
        raise OSError("refused by the test")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return tried


def test_a_forgotten_password_needs_neither(client: Client, attempts: list[Any], settings: Any) -> None:
    settings.OUTBOX_TRANSPORT = "django.core.mail.backends.smtp.EmailBackend"
    UserFactory(email="zoe@host.example")
    response = client.post("/accounts/password/reset/", {"email": "zoe@host.example"})
    assert (response.status_code, response["Location"]) == (302, "/accounts/password/reset/done/")
    assert client.get("/accounts/password/reset/done/").status_code == 200
    message = Message.objects.get()
    assert (message.kind, message.address, message.state) == ("system", "zoe@host.example", "pending")
    assert b"/accounts/password/reset/key/" in bytes(message.rendered)
    assert (attempts, mail.outbox) == ([], [])


def test_pages_and_signing_in_need_neither(client: Client, attempts: list[Any]) -> None:
    for path in ("/healthz", "/readyz", "/robots.txt", "/api/v1/summits/", "/accounts/login/"):
        assert client.get(path).status_code == 200
    response = client.post("/accounts/login/", {"login": UserFactory().email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/portal/")
    assert attempts == []


def test_control_a_queued_task_would_be_seen(attempts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf.broker_transport_options, "max_retries", 0)
    with pytest.raises(Exception, match=r"refused by the test|Error"):
        current_app.send_task("summit.tasks.sweep", retry=False)
    assert attempts != []


def test_control_mail_sent_at_once_would_be_seen(client: Client, attempts: list[Any], settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    UserFactory(email="zoe@host.example")
    with pytest.raises(OSError, match="refused by the test"):
        client.post("/accounts/password/reset/", {"email": "zoe@host.example"})
    assert attempts == [("127.0.0.1", 9)]
