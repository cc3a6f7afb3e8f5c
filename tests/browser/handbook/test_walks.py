"""Each task of the handbook, walked by its own steps (docs/decisions/0076)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.handbook.contents import TASKS
from tests.browser.handbook import (
    accreditation_walks,
    day_walks,
    delegation_walks,
    organiser_walks,
    press_walks,
    programme_walks,
    vetting_walks,
)
from tests.browser.handbook.desks import Desks
from tests.browser.handbook.walk import LANGUAGE
from tests.browser.systems import started
from tools.running import Running

# In their order: who comes later finds what was entered before.
BEFORE = (
    organiser_walks.walks,
    programme_walks.walks,
    accreditation_walks.walks,
    press_walks.walks,
    delegation_walks.walks,
    vetting_walks.walks,
)
# The demonstration has no accounts of these desks.
COLLEAGUES = """
from portal.demo.accounts import PASSWORD
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

for box, role in (("conference", "conference_officer"), ("vetting", "vetting"), ("viewer", "viewer")):
    user = User.objects.create_user(f"{box}@summit.example", PASSWORD, name=box.title())
    RoleAssignment.objects.create(summit=Summit.objects.get(), user=user, role=role)
"""
# Maria has signed in at the ministry, and tells her code.
SIGN_IN = """
from summit.single_sign_on.models import IdentityProvider, UnlinkedSignIn

provider = IdentityProvider.objects.create(
    slug="ministry", name="Foreign Ministry", issuer="https://login.ministry.example", client_id="summit",
    client_secret="x",
)
UnlinkedSignIn.objects.create(
    issuer=provider.issuer, subject="1f7c", name="Maria Exemple", email="maria@ministry.example", code="k3m9-x2p7"
)
"""
# The system administrator has added the provider of a delegation, of whom one has signed in there.
ADMINISTRATOR = f"""
from delegations.portal_access.models import PortalSubject
from portal.demo.accounts import PASSWORD
from summit.people.models import Person
from summit.single_sign_on.models import IdentityProvider
from summit.users.models import User

User.objects.create_superuser("administrator@summit.example", PASSWORD, name="Admin", language="{LANGUAGE}")
provider = IdentityProvider.objects.create(
    slug="interior", name="Ministry of the Interior", issuer="https://login.interior.example", client_id="summit",
    client_secret="x", for_delegations=True,
)
person = Person.objects.get(office="Minister of the Interior, Pakistan")
PortalSubject.objects.create(person=person, issuer=provider.issuer, subject="7c21")
"""


def walk(browser: Browser, running: Running, *parts: dict[str, Callable[[Desks], None]]) -> None:
    """Walk all tasks of these parts, one after the other, on a system on which nothing may raise."""
    desks = Desks(browser, running)
    for part in parts:
        for each in part.values():
            each(desks)
    assert "Traceback" not in running.printed()


def test_an_empty_installation(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=0") as running:
        organiser_walks.set_up(browser, running)


@pytest.mark.slow("45 tasks, on a system of their own", seconds=150)
def test_before_the_summit(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        running.inside(COLLEAGUES + SIGN_IN + ADMINISTRATOR)
        walk(browser, running, *BEFORE)


@pytest.mark.slow("9 tasks, on a system of their own", seconds=75)
def test_on_the_day(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=day") as running:
        running.inside(day_walks.IN_PROGRESS + COLLEAGUES)
        walk(browser, running, day_walks.walks)


def test_each_task_is_walked() -> None:
    walked = [slug for part in (*BEFORE, day_walks.walks) for slug in part]
    assert sorted([*walked, "set-up-a-summit"]) == sorted(task.slug for task in TASKS)
