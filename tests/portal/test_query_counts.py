"""The main pages take as many queries on a large summit as on a small one."""

from collections.abc import Iterable

import pytest
from django.db import connection

from bench import inviting, pages, world
from portal.demo import border_security, synthetic
from sessions.agenda.models.releases import EntryQuerySet, Release, ReleasedParticipant
from sessions.agenda.selectors import release_cache, released_agenda
from summit.core import bulk_insert
from summit.outbox import enqueue
from summit.summits.models import Stamp, Summit
from tests.factories import SummitFactory

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MIDDLE = synthetic.Sizes(delegations=90, sessions=260, people=400, texts=200)
AGENDAS = {"agenda", "schedule.json", "my agenda", "all that I may see"}


def count_rows() -> None:
    """Let PostgreSQL count the rows of the project's tables, as it does by itself some time after they came in."""
    if connection.vendor == "postgresql":
        # Of these alone: who counts the server's own tables waits for whoever else does, until they are done.
        tables = ", ".join(map(connection.ops.quote_name, connection.introspection.django_table_names()))
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


@pytest.fixture
def demo() -> Summit:
    found = border_security.load()
    world.advance(found)
    count_rows()
    return found


@pytest.fixture
def middle() -> Summit:
    found = synthetic.load(slug="middle", sizes=MIDDLE)
    count_rows()
    return found


def counted(small: Summit, large: Summit) -> dict[str, tuple[int, int]]:
    return {page.name: (few, many) for page, few, many in pages.compare(small, large)}


def grown(found: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {name: (few, many) for name, (few, many) in found.items() if few != many}


@pytest.mark.broad("it opens every main page on two summits", seconds=30)
def test_pages_take_few_queries_on_a_large_summit_too(
    demo: Summit, middle: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {page.who for page in pages.PAGES} == {pages.ANYBODY, pages.FOCAL, pages.ORGANISER}
    found = counted(demo, middle)
    assert grown(found) == {}
    # The home tells of everything: numbers, tasks and charts of all desks, each counted by the database.
    # What is held of somebody is looked for among each kind of row that may hold some. Who comes in is asked
    # twice: which delegations still stand, and which invitations are open.
    # The list of sessions looks for clashes in the draft of the days about, and the board in all of it. What comes
    # with the next release: also who gets it in which language, and who is left out.
    most = {"admin home": 50, "your personal data": 52, "session list": 31, "board": 26, "next release": 27}
    assert {name: few for name, (few, _many) in found.items() if few > most.get(name, 25)} == {}
    # Also for whom nothing is kept and all changes are new.
    assert max(found[name][0] for name in AGENDAS) <= 18

    # The control: where rows are read one by one.
    def one_by_one(summit: Summit, keys: Iterable[int], stamp: Stamp) -> dict[int, release_cache.CachedSession]:
        return {key: release_cache._read([key], ReleasedParticipant.objects.all(), summit)[key] for key in keys}

    for name in ("rows", "public_rows"):
        monkeypatch.setattr(release_cache, name, one_by_one)
    monkeypatch.setattr(pages, "PAGES", [page for page in pages.PAGES if page.name in AGENDAS])
    found = grown(counted(demo, middle))
    assert found.keys() == AGENDAS
    assert all(many > few for few, many in found.values())


@pytest.mark.postgresql
def test_which_release_is_the_newest_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any row is looked at, in the words of PostgreSQL's plans; the control asks at each, for minutes where
    the tables are taken for empty."""
    summit = SummitFactory()
    assert "InitPlan" in released_agenda.public_agenda(summit=summit).explain()

    def current(self: EntryQuerySet, summit: Summit) -> EntryQuerySet:
        return self.filter(release__in=Release.objects.filter(summit=summit).current())

    monkeypatch.setattr(EntryQuerySet, "current", current)
    assert "InitPlan" not in released_agenda.public_agenda(summit=summit).explain()


@pytest.mark.slow("invites many parties four times")
def test_inviting_many_takes_as_many_queries_as_inviting_few(monkeypatch: pytest.MonkeyPatch) -> None:
    assert inviting.invite(60)[1].queries == inviting.invite(20)[1].queries

    # The control: where each letter is stored by itself, there are more for more people.
    monkeypatch.setattr(enqueue, "insert_new", lambda rows: sum(bulk_insert.insert_new([row]) for row in rows))
    assert inviting.invite(61)[1].queries - inviting.invite(21)[1].queries == 40
