"""Each task of the handbook, walked by its own steps (docs/decisions/0076)."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from portal.handbook.contents import TASKS
from tests.browser.handbook import walks
from tests.browser.handbook.walk import LANGUAGE, Desks, Walk
from tests.browser.systems import started
from tools.running import Running

# The demonstration has no accounts of these desks.
COLLEAGUES = """
from portal.demo.accounts import PASSWORD
from summit.permissions.models import RoleAssignment
from summit.summits.models import Summit
from summit.users.models import User

for box, role in (("vetting", "vetting"), ("viewer", "viewer")):
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
# The demonstration's sessions have their hours. At whatever hour one walks, these are in progress.
IN_PROGRESS = """
from datetime import timedelta
from sessions.agenda.selectors.release_scopes import Placement
from sessions.delays.services import running
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from summit.core.database_clock import db_now
from summit.users.models import User

titles = ("Supply chains and enablers", "Plenary: reports from the working sessions")
rows = list(Session.objects.select_related("summit", "room__venue").filter(title__in=titles))
now = db_now().astimezone(rows[0].summit.zone).replace(second=0, microsecond=0)
began = max(now - timedelta(minutes=5), now.replace(hour=0, minute=0))
end, rooms = now + timedelta(minutes=55), {row.pk: row.room for row in rows}
places = {key: (room.public_id, room.name, room.venue.name) for key, room in rooms.items()}
moved = {key: Placement(began, end, *place) for key, place in places.items()}
by = User.objects.get(email="organiser@summit.example")
releases.retime(summit=rows[0].summit, by=by, placements=moved)
running.start(session=next(row for row in rows if row.title.startswith("Plenary")), by=by)
"""


def parts(table: str) -> list[list[str]]:
    """Return the slug of each walk of a table, who walks, where, and the steps."""
    found = [each.splitlines() for each in re.split(r"\n+(?! )", table.strip())]
    return [[*head.split(", "), *" > ".join(map(str.strip, lines)).split(" > ")] for head, *lines in found]


def walk(browser: Browser, running: Running, table: str) -> None:
    """Walk all tasks of a table, one after the other, on a system on which nothing may raise."""
    desks = Desks(browser, running)
    for slug, box, path, *steps in parts(table):
        each = Walk(desks, slug, box)
        if path != "/":
            each.open(path)
        for step in steps:
            said, _space, words = step.partition(" ")
            verb, _star, times = said.partition("*")
            words = words.split("|")[LANGUAGE == "fr" and "|" in words].replace(r"\n", "\n")
            for _time in range(int(times or 1)):
                if function := getattr(walks, verb, None):
                    function(each, *[words] if words else [])
                else:
                    getattr(each, verb)(*[words] if words else [])
        each.done()
    assert "Traceback" not in running.printed()


def test_an_empty_installation(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=0") as running:
        walk(browser, running, walks.EMPTY)


@pytest.mark.slow("45 tasks, on a system of their own", seconds=150)
def test_before_the_summit(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path) as running:
        running.inside(COLLEAGUES + SIGN_IN + ADMINISTRATOR)
        walk(browser, running, walks.BEFORE)


@pytest.mark.slow("9 tasks, on a system of their own", seconds=75)
def test_on_the_day(browser: Browser, tmp_path: Path) -> None:
    with started(tmp_path, "DEMO=day") as running:
        running.inside(IN_PROGRESS + COLLEAGUES)
        walk(browser, running, walks.ON_THE_DAY)


def test_each_task_is_walked() -> None:
    walked = [slug for slug, *_steps in parts(walks.EMPTY + walks.BEFORE + walks.ON_THE_DAY)]
    assert sorted(walked) == sorted(task.slug for task in TASKS)
