"""Public pages that are kept: the same bytes, few queries, and never older than the database."""

import gzip
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Max
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries

from delegations.models import Party, PartyName, Policy
from sessions.domain import releases
from sessions.domain.forgetting import _erase_released
from sessions.models import Session, Visibility
from summit.domain.portions import subject_of
from summit.http.kept import SHELF, Kept, Shelf, kept_page
from summit.models import PublicChange, Summit, User
from summit.models.changes import PublicChangeQuerySet, Stamp
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(summit: Summit) -> Party:
    return f.PartyFactory(summit=summit, name="Aland")


@pytest.fixture
def opening(summit: Summit, party: Party, organiser: User) -> Session:
    made: Session = f.SessionFactory(summit=summit, title="Opening", visibility=Visibility.PUBLIC)
    speaker = f.PersonFactory(summit=summit, name="Ada Speaker", office="Minister")
    f.ParticipantFactory(session=made, party=party, role="chair")
    f.SlotFactory(session=made, speaker=speaker)
    releases.release(summit=summit, by=organiser)
    return made


def _get(path: str, **headers: str) -> Any:
    response = Client().get(f"/here/{path}", headers=headers)
    assert response.status_code in (200, 304)
    return response


def test_a_page_is_made_once(opening: Session, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for path in ("agenda/", "agenda.ics", "agenda/schedule.json", "agenda/schedule.xml"):
        made = _get(path)
        # Schedules link to texts, which the clock lets out: whether they stand is asked each time.
        with django_assert_num_queries(2 if "schedule" in path else 1):
            again = _get(path)
        assert again.content == made.content
        names = ("ETag", "Content-Type", "Cache-Control", "Content-Language")
        assert [again[name] for name in names] == [made[name] for name in names]


Write = Callable[[Session, User], object]


def _named_in_french(opening: Session, by: User) -> None:
    PartyName.objects.bulk_create([PartyName(party=Party.objects.get(), language="fr", name="Île d’Aland")])


def _released(opening: Session, by: User) -> None:
    Session.objects.filter(pk=opening.pk).update(title="Solemn opening")
    releases.release(summit=opening.summit, by=by)


# What is written, with what is read then.
WRITES: dict[str, tuple[str, Write]] = {
    "a party's name": ("Newland", lambda opening, by: Party.objects.update(name="Newland")),
    "its name in a language": ("", _named_in_french),
    # The office stays.
    "who is forgotten": (">Minister<", lambda opening, by: _erase_released(subject_of(opening.slots.get().speaker))),
    "a release": ("Solemn opening", _released),
    "flags": ("", lambda opening, by: Policy.objects.create(summit=opening.summit, shows_flags=False)),
    "the summit's name": ("All of them", lambda opening, by: Summit.objects.update(name="All of them")),
}


@pytest.mark.parametrize("what", WRITES)
def test_a_change_is_read_at_once(what: str, opening: Session, organiser: User) -> None:
    before = PublicChange.objects.stamp("here")
    _get("agenda/")
    new, write = WRITES[what]
    write(opening, organiser)
    page = _get("agenda/").content.decode()
    SHELF.clear()
    assert page == _get("agenda/").content.decode()
    assert (new in page, PublicChange.objects.stamp("here") != before) == (True, True)


def test_control_without_the_stamp_an_old_page_is_read(
    opening: Session, organiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PublicChangeQuerySet, "stamp", lambda self, slug: Stamp(opening.summit_id, 1, 1, 1))
    _get("agenda/")
    for new, write in WRITES.values():
        write(opening, organiser)
        assert not new or new not in _get("agenda/").content.decode()


def test_a_summit_that_is_not_public_any_more_is_not_there(summit: Summit, opening: Session) -> None:
    _get("agenda/")
    Summit.objects.filter(pk=summit.pk).update(public=False)
    assert Client().get("/here/agenda/").status_code == 404


def test_each_language_is_a_page_and_an_unknown_question_is_answered_anew(
    opening: Session, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for path, language in (("agenda/", "en"), ("agenda/?lang=fr", "fr"), ("agenda/", "en")):
        assert f'<html lang="{language}"' in _get(path).content.decode()
    size = SHELF.size
    assert "utm=x" in _get("agenda/?utm=x").content.decode()
    assert SHELF.size == size


def test_compressed_for_those_who_understand_it(opening: Session) -> None:
    plain = _get("agenda/")
    packed = _get("agenda/", accept_encoding="br, gzip")
    assert gzip.decompress(packed.content) == plain.content
    assert (packed["Content-Encoding"], packed["Vary"]) == ("gzip", "Accept-Encoding")
    assert (plain["Vary"], packed["ETag"] != plain["ETag"]) == ("Accept-Encoding", True)
    assert not _get("agenda/", accept_encoding="gzip;q=0, br").has_header("Content-Encoding")
    for response, encoding in ((plain, "identity"), (packed, "gzip")):
        again = _get("agenda/", accept_encoding=encoding, if_none_match=response["ETag"])
        assert (again.status_code, again.content) == (304, b"")


def test_what_a_page_says_in_its_headers_is_kept_with_it(summit: Summit) -> None:
    said = {"Link": '<https://hub.example/>; rel="hub"', "X-Robots-Tag": "noindex", "Content-Type": "text/plain"}
    made: list[str] = []

    def view(request: HttpRequest, summit: str) -> HttpResponse:
        made.append(summit)
        return HttpResponse("words", headers=said | {"ETag": '"of-the-view"', "Content-Length": "99"})

    kept = kept_page()(view)
    for _time in range(2):
        answer = kept(RequestFactory().get("/here/"), summit="here")
        assert {name: answer[name] for name in said} == said
        assert answer["ETag"] != '"of-the-view"'
        assert not answer.has_header("Content-Length")
    assert made == ["here"]


def test_nothing_is_kept_where_the_setting_says_so(opening: Session, settings: Any) -> None:
    settings.KEPT_PAGES = 0
    first, second = _get("agenda/"), _get("agenda/")
    assert (first.content, first["ETag"], SHELF.size) == (second.content, second["ETag"], 0)


def _page(size: int) -> Kept:
    return Kept(b"x" * size, b"", "e", ())


def test_the_shelf_holds_no_more_than_it_may() -> None:
    shelf = Shelf()
    for number in range(10):
        shelf.put(number, _page(10), 80)
        shelf.get(0)
    assert shelf.size == 80
    assert [number for number in range(10) if shelf.get(number)] == [0, 3, 4, 5, 6, 7, 8, 9]
    shelf.put("large", _page(11), 80)
    assert (shelf.get("large"), shelf.size) == (None, 80)
    shelf.put(9, _page(4), 80)
    assert shelf.size == 74


def test_old_notes_go_but_the_newest_of_each_summit_stays(summit: Summit, party: Party) -> None:
    other: Summit = f.SummitFactory(slug="other")
    for name in ("Beland", "Celand"):
        Party.objects.filter(pk=party.pk).update(name=name)
    PublicChange.objects.update(at=Now() - timedelta(hours=2))
    newest = dict(PublicChange.objects.values_list("summit_id").annotate(last=Max("pk")))
    PublicChange.objects.clear(timedelta(hours=1))
    assert dict(PublicChange.objects.values_list("summit_id", "pk")) == {
        pk: newest[pk] for pk in (summit.pk, other.pk)
    }
    Party.objects.filter(pk=party.pk).update(name="Deland")
    PublicChange.objects.clear(timedelta(hours=1))
    (left,) = PublicChange.objects.filter(summit_id=summit.pk).values_list("pk", flat=True)
    assert left > newest[summit.pk]


def test_a_change_that_commits_late_is_seen(summit: Summit) -> None:
    """A number is taken when a row is written and seen when it commits: the newest may be there before an older."""
    last = PublicChange.objects.create(summit_id=summit.pk).pk
    PublicChange.objects.create(pk=last + 5, summit_id=summit.pk)
    before = PublicChange.objects.stamp("here")
    PublicChange.objects.create(pk=last + 3, summit_id=summit.pk)
    after = PublicChange.objects.stamp("here")
    assert before is not None
    assert after is not None
    assert (before.newest, before.number + 1) == (after.newest, after.number)
    assert before != after
