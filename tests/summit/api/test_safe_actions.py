"""Actions that write nothing ask no more of a token than reading does, and say that they write nothing."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from summit.api_base.actions import Action
from summit.permissions.models import Role
from tests.factories import SessionFactory, UserFactory
from tests.summit.api.conftest import program
from tests.summit.api.test_viewsets import kind

SAYS = re.compile(r"\b(?:writes nothing|nothing is (?:written|changed|kept|stored))\b", re.IGNORECASE)
# What gives a file or looks something up says by that what it does.
GIVES = {"blank", "check", "file", "sheet"}


def actions(patterns: list[URLPattern | URLResolver]) -> list[Action]:
    """Return all actions that have an address."""
    found: list[Action] = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += actions(pattern.url_patterns)
        else:
            known = getattr(pattern.callback, "view_initkwargs", {}).get("action")
            found += [known] if isinstance(known, Action) else []
    return found


def test_what_says_that_it_writes_nothing_is_for_whoever_reads() -> None:
    found = actions(get_resolver().url_patterns)
    reading = [each for each in found if each.safe]
    assert len(reading) == 24
    wrong = [each.name for each in found if bool(SAYS.search(each.says)) != each.safe and each.name not in GIVES]
    assert wrong == []
    assert not any(each.gone for each in reading)


@pytest.mark.django_db
def test_a_token_that_reads_asks_what_writes_nothing_and_does_nothing_else() -> None:
    session = SessionFactory()
    desk = f"summits/{session.summit.slug}/desk/sessions/"
    reads = program(UserFactory.with_role(Role.ORGANISER, session.summit), ["sessions:read"])
    assert reads.post(f"{desk}warnings/", {}).status_code == 200
    assert reads.post(f"{desk}{session.public_id}/who-sees/", {}).status_code == 200
    refused = reads.post(f"{desk}{session.public_id}/cancel/", {})
    assert kind(refused) == (403, "scope")
    assert refused["WWW-Authenticate"].endswith('scope="sessions:write"')
    other = program(reads.user, ["rooms:write"]).post(f"{desk}warnings/", {})
    assert other["WWW-Authenticate"].endswith('scope="sessions:read"')
