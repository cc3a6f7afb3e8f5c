"""The public agenda: what it shows, to everybody the same; how it is narrowed; its grid and its site map."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from lxml import etree

from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.draft.services import cancel_and_move
from sessions.public import grid
from sessions.visibility.models import Visibility
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.database_clock import stop
from tests.module_fixtures import once_a_module
from tests.press.format_checks import grammar
from tests.sessions.conftest import release, session

NINE = datetime(2025, 3, 31, 8, tzinfo=UTC)
LONDON = Summit(time_zone="Europe/London")
TITLES = ("One", "Two", "Closing")


@once_a_module
def agenda() -> Summit:
    """A released agenda: a plenary with two speeches, a session of a kind of its own, one whose title and times are
    hidden, one on the next day, and one for each circle that is narrower than the public."""
    summit = f.SummitFactory(public_changes=True)
    venue = f.VenueFactory(summit=summit)
    hall = f.RoomFactory(venue=venue, name="Hall", directions={"en": "Ground floor, left"})
    kind = CustomKind.objects.create(summit=summit, name="Fireside", names={"fr": "Causerie"}, like="roundtable")
    public = {"visibility": Visibility.PUBLIC}
    one = session(summit, title="One", room=hall, kind="plenary", sign_up=True, **public)
    SessionText.objects.create(session=one, language="fr", title="Un")
    Interpretation.objects.create(session=one, source="en", target="fr")
    for name, minutes in (("A. First", 10), ("B. Second", 20)):
        f.SlotFactory(session=one, speaker=f.PersonFactory(summit=summit, name=name), minutes=minutes)
    study = f.RoomFactory(venue=venue, name="Study")
    session(summit, title="Two", room=study, custom_kind=kind, kind="roundtable", **public)
    kept = {"title_to": Visibility.ORGANISERS, "times_to": Visibility.ORGANISERS}
    session(summit, title="Three", kind="bilateral", **public, **kept)
    times = {"starts_at": NINE + timedelta(days=1), "ends_at": NINE + timedelta(hours=25)}
    session(summit, title="Closing", room=hall, kind="plenary", **times, **public)
    for circle in (Visibility.ACCREDITED, Visibility.PARTICIPANTS, Visibility.ORGANISERS):
        session(summit, title=f"Only {circle}", visibility=circle)
    release(summit)
    return summit


def paths(summit: Summit) -> list[str]:
    """Return what shows a public session, and the agenda."""
    base, api = f"/{summit.slug}/agenda", f"/api/v1/summits/{summit.slug}"
    row = Session.objects.filter(summit=summit, visibility=Visibility.PUBLIC).order_by("id").first()
    assert row is not None
    found = [f"{base}/", f"{base}.ics", f"{base}/schedule.json", f"{base}/schedule.xml", f"{base}/changes/"]
    return [*found, f"{api}/changes/", f"{base}/{row.public_id}/", f"{api}/agenda/", f"{api}/agenda/{row.public_id}/"]


def get(summit: Summit, path: str = "", **headers: str) -> str:
    return Client().get(f"/{summit.slug}/agenda/{path}", headers=headers).content.decode()


def shown(page: str) -> list[str]:
    return [title for title in TITLES if f">{title}</a>" in page]


@pytest.mark.django_db
class TestPages:
    def test_all_show_everybody_what_is_released_and_public_in_the_same_bytes(self, agenda: Summit) -> None:
        browser = signed_in(f.UserFactory.with_role(Role.ORGANISER, agenda))
        foreign = {"accept-language": "fr, ar;q=0.5", "cookie": "sessionid=x; csrftoken=y; django_language=fr"}
        Session.objects.filter(visibility=Visibility.PUBLIC).update(title="Not yet", title_to="")
        for path in paths(agenda):
            answers = [Client().get(path), browser.get(path), Client().get(path, headers=foreign)]
            assert {answer.status_code for answer in answers} == {200}, path
            assert [secret for secret in (b"Only", b"Not yet") if secret in answers[0].content] == [], path
            assert len({answer.content for answer in answers}) == 1, path
            assert len({answer["ETag"] for answer in answers}) == 1, path
            assert {answer.get("Vary", "Accept-Encoding") for answer in answers} == {"Accept-Encoding"}, path
            assert not any(answer.cookies for answer in answers), path
            assert Client().get(path, headers={"if-none-match": answers[0]["ETag"]}).status_code == 304, path
        release(agenda)
        assert all(b"Not yet" in Client().get(path).content for path in paths(agenda))

    def test_a_sessions_page_tells_times_of_the_venue_and_the_way(self, agenda: Summit) -> None:
        row = agenda.sessions.get(title="One")
        page = get(agenda, f"{row.public_id}/")
        assert '<time datetime="2025-03-31T09:00:00+01:00">Monday 31 March 2025, 09:00</time>' in page
        assert '<time datetime="2025-03-31T10:00:00+01:00">10:00 <bdi lang="en">London</bdi> time</time>' in page
        assert page.index("about 09:00") < page.index("about 09:10")
        assert '<bdi lang="en">Ground floor, left</bdi>' in page
        calendar = get(agenda, f"{row.public_id}.ics")
        assert (calendar.count("BEGIN:VEVENT"), f"UID:{row.public_id}@summit" in calendar) == (1, True)


@pytest.mark.django_db
class TestChanges:
    def test_what_was_cancelled_says_so_and_what_was_hidden_is_not_there(self, agenda: Summit) -> None:
        by = f.UserFactory.with_role(Role.ORGANISER, agenda)
        first, second, hidden = (agenda.sessions.get(title=title) for title in ("One", "Two", "Only accredited"))
        for row in (first, hidden):
            cancel_and_move.cancel(session=row, by=by)
        Session.objects.filter(pk=second.pk).update(visibility=Visibility.ORGANISERS, title="Secret")
        release(agenda, note="For desks")
        page = get(agenda, "changes/")
        assert (page.count("cancelled"), page.count("no longer in")) == (1, 0)
        assert [secret for secret in ("Secret", "Only accredited", "For desks") if secret in page] == []
        assert [self.found(agenda, row) for row in (first, second, hidden)] == ["cancelled", "nothing", "nothing"]
        # They are public only where the summit says so.
        Summit.objects.update(public_changes=False)
        assert self.found(agenda, first) == "nothing"
        assert Client().get(f"/{agenda.slug}/agenda/changes/").status_code == 404
        assert "agenda/changes/" not in get(agenda)

    def found(self, summit: Summit, row: Session) -> str:
        response = Client().get(f"/{summit.slug}/agenda/{row.public_id}/")
        if response.status_code == 410:
            assert row.title in response.content.decode()
            return "cancelled"
        same = response.content.decode().replace(row.public_id, "0" * 16) == get(summit, f"{'0' * 16}/")
        return "nothing" if (response.status_code, same) == (404, True) else "told"


@pytest.mark.django_db
class TestFilters:
    def test_a_choice_is_said_and_shows_what_has_it(self, agenda: Summit) -> None:
        page = get(agenda, "?kind=plenary")
        assert ("2 of 4 sessions" in page, shown(page)) == (True, ["One", "Closing"])
        assert 'href="?kind=own%3AFireside"' in page
        assert shown(get(agenda, "?kind=own:Fireside")) == ["Two"]
        assert shown(get(agenda, "?language=fr")) == ["One"]

    def test_nothing_found_says_so_and_leads_back(self, agenda: Summit) -> None:
        page = get(agenda, "?room=nowhere")
        for said in ("No sessions match your filters.", "0 of 4 sessions", 'href="."'):
            assert said in page


def at(start: int, end: int, room: str = "Hall", *, known: bool = True) -> Any:
    times = {"starts_at": NINE + timedelta(minutes=start), "ends_at": NINE + timedelta(minutes=end)}
    return SimpleNamespace(row=SimpleNamespace(room_key=room, room_name=room, times_known=known, **times))


def drawn(*lines: Any, zone: Summit = LONDON) -> grid.Grid:
    return grid.of_day(zone, lines, grid.rooms_in_order(lines), NINE)


def spans(found: grid.Grid) -> list[list[int]]:
    """For each row the spans of its sessions, 0 for an empty cell."""
    return [[cell.span if cell.line else 0 for cell in row.cells] for row in found.rows]


class TestGrid:
    def test_a_session_spans_the_rows_of_its_time(self) -> None:
        found = drawn(at(0, 60), at(30, 90, "Study"), at(120, 150))
        assert (found.step, [row.label for row in found.rows]) == (30, ["09:00", "", "10:00", "", "11:00"])
        assert spans(found) == [[2, 0], [2], [0], [0, 0], [1, 0]]

    def test_a_row_is_as_long_as_all_times_allow(self) -> None:
        for end, step, rows in ((60, 30, 2), (45, 15, 3), (40, 10, 4), (35, 5, 7), (7, 5, 2)):
            found = drawn(at(0, end))
            assert (found.step, len(found.rows)) == (step, rows)

    def test_what_is_in_one_room_at_once_stands_side_by_side(self) -> None:
        found = drawn(at(0, 60), at(0, 30), at(30, 60))
        assert (found.columns, spans(found)) == ([grid.Column("Hall", 2)], [[1, 2], [1]])

    def test_rooms_are_in_the_order_of_their_first_use_and_no_room_is_last(self) -> None:
        lines = [at(0, 30, ""), at(0, 30, "Room 10"), at(0, 30, "Room 9"), at(-30, 0, "Study")]
        assert grid.rooms_in_order(lines) == ["Study", "Room 9", "Room 10", ""]

    def test_what_has_no_announced_time_stands_apart(self) -> None:
        hidden = at(0, 600, known=False)
        assert drawn(hidden) == grid.Grid(0, [], [], [hidden])
        assert drawn(at(0, 30), hidden).untimed == [hidden]

    @pytest.mark.django_db
    def test_the_page_shows_today_or_else_the_first_day(
        self, agenda: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert shown(get(agenda, "grid/")) == ["One", "Two"]
        assert shown(get(agenda, "grid/?day=2025-04-01")) == ["Closing"]
        assert "No session on this day." in get(agenda, "grid/?day=2025-05-01")
        stop(monkeypatch, NINE + timedelta(hours=20))
        assert shown(get(agenda, "grid/")) == ["Closing"]


@pytest.mark.django_db
def test_the_map_knows_the_sessions_that_everybody_may_know_of(client: Client, summit: Summit) -> None:
    public, _other = (session(summit, visibility=level) for level in (Visibility.PUBLIC, Visibility.ACCREDITED))
    path = f"/{summit.slug}/agenda/sitemap.xml"
    assert client.get(path).content.count(b"<loc>") == 3
    release(summit)
    root = etree.fromstring(client.get(path).content)
    grammar("sitemap").assertValid(root)
    names = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
    named = [loc.removeprefix(settings.BASE_URL) for loc in root.xpath("*/s:loc/text()", namespaces=names)]
    pages = [f"/{summit.slug}/agenda/", f"/{summit.slug}/agenda/{public.public_id}/"]
    assert named == [page + query for page in pages for query in ("", "?lang=fr", "?lang=ar")]
    assert {client.get(each).status_code for each in named} == {200}
    assert f"{settings.BASE_URL}{path}</loc>" in client.get("/sitemap.xml").content.decode()
