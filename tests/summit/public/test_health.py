"""Alive, ready and numbers; the language of an answer."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from summit.maintenance.upgrades import Waiting
from summit.public import health
from summit.public.language_middleware import LanguageMiddleware

pytestmark = pytest.mark.django_db


# --- Alive, ready, numbers ----------------------------------------------------------------------------------------
def test_alive_asks_nobody(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_where_the_database_is_migrated(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").content == b"ok\n"
    two = Waiting([("press", "0098_a"), ("press", "0099_b")], [("press", "0100_for_afterwards")], [])
    monkeypatch.setattr(health.upgrades, "waiting", lambda: two)
    waiting = client.get("/readyz")
    assert (waiting.status_code, waiting.content) == (503, b"2 migrations wait: run manage.py upgrade before\n")

    def gone() -> None:
        raise health.DatabaseError("gone")

    monkeypatch.setattr(health.upgrades, "waiting", gone)
    silent = client.get("/readyz")
    assert (silent.status_code, silent.content) == (503, b"no database\n")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_each_host_is_asked_by_its_address(client: Client, settings: Any, path: str) -> None:
    settings.ALLOWED_HOSTS, settings.BASE_URL = ["summit.example"], "https://summit.example"
    assert client.get(path, HTTP_HOST="10.0.0.11:8000").status_code == 200
    # Control: nothing else is answered under that name.
    assert client.get("/accounts/login/", HTTP_HOST="10.0.0.11:8000").status_code == 400


def test_numbers_are_for_loopback_or_whoever_has_the_token(client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN = ""
    near = client.get("/metrics")
    assert near.status_code == 200
    assert near["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# HELP summit_outbox_messages Messages by kind and state." in near.content.decode()
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    assert client.get("/metrics", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 404
    settings.METRICS_TOKEN = "a long token"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer another"}).status_code == 404
    right = {"authorization": "Bearer a long token"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="10.0.0.7").status_code == 200


# --- The language -------------------------------------------------------------------------------------------------
def language_of(request: HttpRequest) -> tuple[str, str]:
    """Return the language in which a request is answered, and what the answer says of it."""
    seen = []
    middleware = LanguageMiddleware(lambda _request: HttpResponse(seen.append(translation.get_language()) or ""))
    response = middleware(request)
    return seen[0], response["Content-Language"]


def test_the_address_names_the_language_of_public_pages(rf: RequestFactory) -> None:
    assert language_of(rf.get("/x/?lang=fr")) == ("fr", "fr")
    assert language_of(rf.get("/x/", headers={"accept-language": "fr"})) == ("en", "en")
    assert language_of(rf.get("/x/?lang=tlh")) == ("en", "en")
    assert translation.get_language() == "en"


def test_personal_pages_remember_the_language_for_the_session(client: Client) -> None:
    # Public pages don't.
    for path, language in (("", "en"), ("?lang=ar", "ar"), ("", "ar"), ("?lang=en", "en"), ("", "en")):
        assert client.get(f"/accounts/login/{path}")["Content-Language"] == language
        assert client.get("/nothing-here/")["Content-Language"] == "en"
