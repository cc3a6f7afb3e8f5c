"""The first morning of the demonstration: at each moment, each place says the same of what is on and what is late."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from portal.demo import border_security
from portal.demo.days import Act
from sessions.delays.services import running
from sessions.draft.models.sessions import Session
from sessions.public import on_now
from sessions.visibility.models import Visibility
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.database_clock import stop
from tests.module_fixtures import once_a_module

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
OPENING, PHOTO, CHAINS = "Opening", "Family photo", "Supply chains and enablers"
TALKS = "Roundtable chaired by the Prime Minister"
# Minutes after the planned start of the opening, what the desk does then, what is on, and what is late. The opening
# should end at 35; the photo takes place from 40 to 55, the roundtable from 60 to 105, the last one from 120 to 195.
Step = tuple[int, dict[str, str], set[str], set[str]]
STEPS: tuple[Step, ...] = (
    (-4, {OPENING: "start"}, {OPENING}, set()),
    (41, {PHOTO: "announce_delay"}, {OPENING}, {PHOTO}),
    (56, {OPENING: "end"}, set(), {PHOTO}),
    (61, {PHOTO: "start"}, {PHOTO, TALKS}, set()),
    (121, {PHOTO: "end", CHAINS: "start"}, {CHAINS}, set()),
    (190, {CHAINS: "end"}, set(), set()),
)


@once_a_module
def summit() -> Summit:
    """The summit, loaded at noon: at night its morning would be two days."""
    with pytest.MonkeyPatch.context() as patch:
        stop(patch, datetime(2026, 3, 2, 12, tzinfo=UTC))
        return border_security.load(Act.DAY)


@pytest.fixture(autouse=True)
def _kept_pages(settings: LazySettings) -> Iterator[None]:
    """Pages are kept from one step to the next, as they are for real."""
    settings.KEPT_PAGES = 10_000_000
    PAGES.clear()
    yield
    PAGES.clear()


class Places:
    """Where one reads what is on: the desk, the portal of a focal point, the public pages and the API."""

    def __init__(self, summit: Summit) -> None:
        self.summit = summit
        self.by = User.objects.get(email="organiser@summit.example")
        self.sessions = {row.title: row for row in Session.objects.filter(summit=summit).select_related("summit")}
        self.desk, self.everybody = signed_in(self.by), Client()
        self.focal = signed_in(User.objects.get(email="focal@summit.example"))
        self.public = {row.title for row in self.sessions.values() if row.visibility == Visibility.PUBLIC}
        self.own, self.visible = (
            {row.title for _day, rows in page.context["days"] for row in rows}
            for page in (self._get(self.focal, "/portal/agenda/", show) for show in ("", "all"))
        )

    def on_and_late(self) -> dict[str, tuple[set[str], set[str]]]:
        """What each place says is on, and what is late. Of what comes next the portal names the first alone."""
        public, found = f"/{self.summit.slug}/", {}
        now = self.everybody.get(f"/api/v1/summits/{self.summit.slug}/now/").json()
        found["API"] = {row["title"] for row in now["now"]}, {row["title"] for row in now["late"]}
        day = self._get(self.desk, "/admin/agenda/session/day/").context
        found["day"] = {row.session.title for row in day["on"]}, {row.session.title for row in day["late"]}
        parts = re.split("<h2[^>]*>", self._get(self.desk, "/admin/").content.decode())
        under = {part.partition("</h2>")[0]: self._titles(part) for part in parts}
        found["desk"] = under["Now"], under.get("Running late", set())
        for place, path in (("home", ""), ("list", "agenda/"), ("grid", "agenda/grid/")):
            page = self.everybody.get(public + path).content.decode()
            found[place] = self._marked(page, 'data-state="now"'), self._marked(page, "running late")
        for place, path in (("portal", ""), ("my agenda", "agenda/")):
            context = self._get(self.focal, f"/portal/{path}").context
            late = {row.title for row in (context["next"],) if row is not None and row.late}
            found[place] = {row.title for row in context["now"]}, late
        page = self._get(self.focal, "/portal/agenda/", "all").context["sessions"]
        found["whole agenda"] = self._marked(page, 'data-state="now"'), self._marked(page, "running late")
        return found

    def read_at(self, place: str) -> set[str]:
        """The sessions that one may read of at a place."""
        if place in ("day", "desk"):
            return set(self.sessions)
        if place in ("portal", "my agenda"):
            return self.own
        return self.visible if place == "whole agenda" else self.public

    def _get(self, client: Client, path: str, show: str = "") -> Any:
        return client.get(path, {"summit": self.summit.slug, "show": show})

    def _marked(self, page: str, sign: str) -> set[str]:
        """The sessions of a list or a grid that have a sign."""
        parts = re.split(r"<(?:li|td|article)\b(?=[^>]*\b(?:class|data-state|id)=)", page)
        return {title for part in parts if sign in part for title in self._titles(part)}

    def _titles(self, html: str) -> set[str]:
        return {unescape(title).strip() for title in re.findall(r">([^<>]+)</a>", html)} & set(self.sessions)


def disagreeing(summit: Summit, steps: Sequence[Step], monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, str]]:
    """Walk through the morning. Return where something else was said than is so, with the minute."""
    places, wrong = Places(summit), []
    for minute, acts, on, late in steps:
        stop(monkeypatch, places.sessions[OPENING].starts_at + timedelta(minutes=minute))
        for title, act in acts.items():
            assert getattr(running, act)(session=places.sessions[title], by=places.by)
        for place, said in places.on_and_late().items():
            reads = places.read_at(place)
            if said != (on & reads, late & reads):
                wrong.append((minute, place))
    return wrong


@pytest.mark.slow("asks nine pages at six moments of a whole demonstration")
def test_each_place_says_the_same(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert disagreeing(summit, STEPS, monkeypatch) == []


@pytest.mark.slow("asks nine pages of a whole demonstration")
def test_control_by_the_planned_times_alone_they_disagree(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(on_now, "state_of", lambda row, now: on_now.NOW if row.starts_at <= now < row.ends_at else "")
    wrong = {place for _minute, place in disagreeing(summit, STEPS[:1], monkeypatch)}
    assert wrong == {"home", "list", "grid", "API", "portal", "my agenda", "whole agenda"}
