"""The main pages take as many queries on a large summit as on a small one."""

from collections.abc import Iterable

import pytest
from django.db import OperationalError, connection

from bench import inviting, pages, world
from portal.demo import border_security, synthetic
from sessions.domain import kept, member
from sessions.models.releases import EntryQuerySet, Release, ReleasedQuerySet
from sessions.models.visibility import EVERYBODY
from summit.db import bulk
from summit.models import Summit
from summit.models.changes import Stamp
from summit.outbox.domain import enqueue

pytestmark = pytest.mark.django_db
MIDDLE = synthetic.Sizes(delegations=90, sessions=200, people=400, texts=200)
AGENDAS = {"agenda", "schedule.json"}
MINE = {"my agenda", "all that I may see"}


def believe_it_empty() -> None:
    """Let PostgreSQL take all tables for empty, as it does after a restore, or where much came in at once, until it
    has counted again; and let no query take long."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    at_most(20)


def at_most(seconds: int) -> None:
    """Let no statement of this transaction take longer, on PostgreSQL."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = '{seconds}s'")


@pytest.fixture
def demo() -> Summit:
    believe_it_empty()
    found = border_security.load()
    world.advance(found)
    return found


@pytest.fixture
def middle() -> Summit:
    return synthetic.load(slug="middle", sizes=MIDDLE)


def grown(small: Summit, large: Summit) -> dict[str, tuple[int, int]]:
    """The pages that take another number of queries on the large summit."""
    return {page.name: (few, many) for page, few, many in pages.compare(small, large) if few != many}


def test_pages_do_not_grow_with_the_summit(demo: Summit, middle: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {page.who for page in pages.PAGES} == {pages.ANYBODY, pages.FOCAL, pages.ORGANISER}
    assert grown(demo, middle) == {}

    # The control: without the join of who takes part, a list asks for each session.
    def apart(rows: ReleasedQuerySet, who: member.Who = member.Who.ALL) -> ReleasedQuerySet:
        return rows

    with monkeypatch.context() as patch:
        patch.setattr(member, "_joined", apart)
        patch.setattr("sessions.models.ReleasedSession.leading", property(_leading), raising=False)
        patch.setattr(pages, "PAGES", [page for page in pages.PAGES if page.name in AGENDAS])
        found = grown(demo, middle)
    assert found.keys() == AGENDAS
    assert all(many > few for few, many in found.values())

    # And for the portal's: where rows are read one by one.
    def one_by_one(summit: Summit, keys: Iterable[int], stamp: Stamp) -> dict[int, kept.Kept]:
        return {key: kept._read(summit, [key])[key] for key in keys}

    monkeypatch.setattr(kept, "rows", one_by_one)
    monkeypatch.setattr(pages, "PAGES", [page for page in pages.PAGES if page.name in MINE])
    found = grown(demo, middle)
    assert found.keys() == MINE
    assert all(many > few for few, many in found.values())


@pytest.mark.postgresql
def test_control_a_release_that_is_looked_for_at_each_row_takes_long(
    demo: Summit, middle: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert list(member.public_agenda(summit=middle))

    def current(self: EntryQuerySet, summit: Summit) -> EntryQuerySet:
        return self.filter(release__in=Release.objects.filter(summit=summit).current())

    def for_public(self: EntryQuerySet) -> EntryQuerySet:
        return self.at(EVERYBODY).filter(session__summit__public=True)

    at_most(3)
    monkeypatch.setattr(EntryQuerySet, "current", current)
    monkeypatch.setattr(EntryQuerySet, "for_public", for_public)
    with pytest.raises(OperationalError, match="statement timeout"):
        list(member.public_agenda(summit=middle))


def _leading(row: object) -> list[object]:
    return list(row.participants.exclude(role="participant"))  # type: ignore[attr-defined]


def test_no_page_takes_many(demo: Summit) -> None:
    # The home tells of everything: numbers, tasks and charts of all desks, each counted by the database.
    # What is held of somebody is looked for among each kind of row that may hold some.
    most = {"admin home": 48, "what is held of oneself": 45}
    found = {page.name: pages.count(page, demo) for page in pages.PAGES}
    assert {name: number for name, number in found.items() if number > most.get(name, 25)} == {}
    # Also for whom nothing is kept and all changes are new.
    assert max(found[name] for name in MINE) < 15


def test_inviting_many_takes_as_many_queries_as_inviting_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inviting.invite(60)[1].queries == inviting.invite(20)[1].queries

    # The control: where each letter is stored by itself, there are more for more people.
    monkeypatch.setattr(enqueue, "insert_new", lambda rows: sum(bulk.insert_new([row]) for row in rows))
    assert inviting.invite(61)[1].queries - inviting.invite(21)[1].queries == 40
