"""What of a session is kept from everybody stands in no public channel, in no language, by no filter.

A canary in each part, shown to each rank, is looked for wherever anybody can look.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from sessions.agenda.selectors import change_descriptions, release_changes, snapshots
from sessions.draft.models.kinds import CustomKind
from sessions.draft.models.sessions import Interpretation, Session, SessionText
from sessions.visibility.models import PARTS, Visibility
from sessions.visibility.viewers import Members
from summit.core.process_cache import forget_all
from summit.public_base.page_cache import PAGES
from summit.summits.models import Summit
from tests import factories as f
from tests.sessions.conftest import release, session

pytestmark = pytest.mark.django_db
KEPT = [Visibility.ACCREDITED, Visibility.PARTICIPANTS, Visibility.ORGANISERS]
MARK = "canary"
# A time of day that nothing else has, at the venue and in UTC, as pages and as calendars write it.
SECRET_TIME = re.compile(rb"\b1[23]:37\b|T1[23]37[0-5]\d")
# They tell when a page was made, and what its bytes are.
OTHERS = {"ETag", "Last-Modified"}
PLAIN = datetime(2025, 3, 31, 9, 0, tzinfo=UTC)
SECRET = datetime(2025, 3, 31, 12, 37, tzinfo=UTC)


def make(summit: Summit, *parts: str, **more: object) -> Session:
    """Make a session with a canary in some of its parts."""

    def said(name: str, other: str) -> str:
        return f"{MARK} {name} {kind.pk}" if name in parts else other

    kind = CustomKind.objects.create(summit=summit, name=f"{MARK} kind {CustomKind.objects.count()}", like="plenary")
    start = SECRET if "times" in parts else PLAIN
    room = f.RoomFactory(venue=f.VenueFactory(summit=summit, name=f"House {kind.pk}"), name=said("room", "Hall"))
    made = session(
        summit,
        title=said("title", "Opening"),
        summary=said("title", "Words"),
        custom_kind=kind if "title" in parts else None,
        kind="plenary",
        starts_at=start,
        ends_at=start + timedelta(minutes=30),
        room=room,
        **{"visibility": Visibility.PUBLIC, **more},
    )
    SessionText.objects.create(session=made, language="fr", title=said("title", "Ouverture"))
    Interpretation.objects.create(session=made, source="en", target="fr", booth=f"{MARK} booth")
    party = f.PartyFactory(summit=summit, name=said("participants", f"Land {made.pk}"))
    f.ParticipantFactory(session=made, party=party)
    f.ParticipantFactory(session=made, party=None, person=person(summit, f"{MARK} ear"), role="interpreter")
    f.SlotFactory(
        session=made, speaker=person(summit, said("participants", "A. Speaker")), title=said("participants", "x")
    )
    f.DocumentFactory(session=made, title=said("documents", "Paper"), content=said("documents", "bytes").encode())
    return made


def person(summit: Summit, name: str) -> object:
    return f.PersonFactory(summit=summit, name=name, office="")


def addresses(summit: Summit) -> list[str]:
    """Return every public address there is, with every filter and for every session, known to everybody or not."""
    base, api = f"/{summit.slug}/agenda", f"/api/v1/summits/{summit.slug}"
    kept = Session.objects.exclude(room_to="", visibility=Visibility.PUBLIC)
    rooms = list(kept.values_list("room__public_id", flat=True))
    found = [f"/{summit.slug}/", f"/{summit.slug}/press/", "/robots.txt", "/sitemap.xml", f"{api}/parties/"]
    found += [f"{base}/", f"{base}.ics", f"{base}/sitemap.xml", f"{base}/changes/"]
    found += [f"{base}/schedule.json", f"{base}/schedule.xml"]
    found += [f"{base}/?lang={language}" for language in ("fr", "ar")]
    found += [f"{base}/?{name}={value}" for name, value in (("day", "2025-03-31"), ("kind", "plenary"))]
    found += [f"{base}/?room={key}" for key in rooms] + [f"{base}/?language=fr"]
    found += [f"{api}/changes/", f"{api}/changes/?lang=fr"]
    found += [f"{api}/agenda/", f"{api}/agenda/?ordering=-starts_at", f"{api}/agenda/?day=2025-03-31&language=fr"]
    found += [f"{api}/agenda/?room={key}" for key in rooms] + [f"{api}/agenda/?kind=plenary"]
    for row in Session.objects.filter(summit=summit):
        key, document = row.public_id, row.documents.get().public_id
        found += [f"{base}/{key}/", f"{base}/{key}/?lang=fr", f"{base}/{key}.ics", f"{api}/agenda/{key}/"]
        found += [f"{base}/{key}/documents/{document}/"]
    return found


def leaks(paths: list[str]) -> set[str]:
    """Return the addresses in whose answers something stands that is kept."""
    client, found = Client(), set()
    for path in paths:
        response = client.get(path)
        assert response.status_code in (200, 404), path
        headers = {name: value for name, value in response.headers.items() if name not in OTHERS}
        body = response.content + str(headers).encode()
        body = re.sub(
            rb"Release \d+, [^<]*|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+|(DTSTAMP|LAST-MODIFIED):\S+", b"", body
        )
        if MARK.encode() in body.lower() or SECRET_TIME.search(body):
            found.add(path)
    return found


@pytest.fixture
def open_summit() -> Summit:
    return f.SummitFactory(public_changes=True)


@pytest.mark.slow("walks over all pages, files and answers of an agenda")
@pytest.mark.parametrize(
    ("ranks", "together"),
    [(KEPT[:1], 3), pytest.param(KEPT, 1, marks=pytest.mark.broad("the same crawl for each circle and part"))],
)
def test_what_is_kept_stands_nowhere(ranks: list[Visibility], together: int, open_summit: Summit) -> None:
    """So many parts of a session are kept together."""
    groups = [PARTS[start : start + together] for start in range(0, len(PARTS), together)]
    for kept in ranks:
        for parts in groups:
            make(open_summit, *parts, **{f"{part}_to": kept for part in parts})
        make(open_summit, *PARTS, visibility=kept)
    release(open_summit)
    # Nor do changes of them tell it.
    Session.objects.exclude(title_to="").update(title=f"{MARK} again")
    Session.objects.update(capacity=7)
    release(open_summit)
    assert leaks(addresses(open_summit)) == set()
    shown = len(ranks) * len(groups)
    page = Client().get(f"/{open_summit.slug}/agenda/?kind=plenary").content.decode()
    assert f"{shown} of {shown} sessions" in page


@pytest.mark.once
def test_control_without_the_mask_each_part_is_found(open_summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "_masked", lambda session, rank: session)
    rows = [make(open_summit, part, **{f"{part}_to": Visibility.ORGANISERS}) for part in PARTS]
    release(open_summit)
    pages = [f"/{open_summit.slug}/agenda/{row.public_id}/" for row in rows]
    assert leaks(pages) == set(pages)


def test_what_is_kept_is_asked_for_in_vain_as_what_is_not_there(open_summit: Summit) -> None:
    hidden = make(open_summit, *PARTS, visibility=Visibility.ACCREDITED)
    shown = make(open_summit, "documents", documents_to=Visibility.ACCREDITED)
    release(open_summit)
    base, api = f"/{open_summit.slug}/agenda/", f"/api/v1/summits/{open_summit.slug}/agenda/"
    assert hidden.room is not None
    for path, key in (
        (f"{base}?room={{}}", hidden.room.public_id),
        (f"{api}?room={{}}", hidden.room.public_id),
        (f"{base}{{}}/", hidden.public_id),
        (f"{base}{{}}.ics", hidden.public_id),
        (f"{api}{{}}/", hidden.public_id),
        (f"{base}{shown.public_id}/documents/{{}}/", shown.documents.get().public_id),
        (f"{base}{{}}/documents/{hidden.documents.get().public_id}/", hidden.public_id),
    ):
        there, none = (Client().get(path.format(value)) for value in (key, "0" * 16))
        assert there.status_code == none.status_code, path
        assert there.content.replace(key.encode(), b"") == none.content.replace(b"0" * 16, b""), path


HIDING: dict[str, dict[str, str]] = {
    "the session": {"visibility": Visibility.PARTICIPANTS},
    **{part: {f"{part}_to": Visibility.PARTICIPANTS} for part in PARTS if part != "documents"},
}


def as_it_was(summit: Summit, visible: Any, history: Any, *asked: Any, notices: Any = None) -> Any:
    """Return changes as their readers could read them then."""
    return history


@pytest.mark.parametrize("what", HIDING)
def test_hiding_ends_what_older_releases_told(
    what: str, open_summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To everybody, and to delegations without a place in the session."""
    session(open_summit, visibility=Visibility.PUBLIC)
    release(open_summit)
    row = make(open_summit, *(PARTS if what == "the session" else [what]))
    release(open_summit)
    room = f.RoomFactory(
        venue=f.VenueFactory(summit=open_summit), name=f"{MARK} another" if what == "room" else "Hall"
    )
    title = "Opening again" if what in ("room", "times", "participants") else f"{MARK} again"
    Session.objects.filter(pk=row.pk).update(title=title, room=room, ends_at=row.ends_at + timedelta(minutes=5))
    release(open_summit)
    Session.objects.filter(pk=row.pk).update(**HIDING[what])
    release(open_summit)
    paths = [f"/{open_summit.slug}/agenda/changes/", f"/api/v1/summits/{open_summit.slug}/changes/"]

    def told() -> list[bool]:
        members = Members.of([f.PartyFactory(summit=open_summit)], [])
        found = release_changes.changes(summit=open_summit, members=members, everything=True, language="en")
        own = repr([change_descriptions.stories(entry.changes, open_summit) for entry in found])
        public = leaks([*paths, f"/{open_summit.slug}/agenda/{row.public_id}/"])
        return [bool(public), MARK in own or bool(SECRET_TIME.search(own.encode()))]

    assert told() == [False, False]
    # The control: without the filter it is told.
    monkeypatch.setattr(release_changes, "_as_read_now", as_it_was)
    PAGES.clear()
    forget_all()
    assert told() == [True, True]
