"""The pages of the press site: what is not out looks like nothing, and what is out says all that readers need."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.public.views import lists
from sessions.agenda.models.releases import ReleasedSession, ReleaseEntry
from summit.summits.models import Summit
from tests.factories import ReleaseFactory, SummitFactory, UserFactory
from tests.press.helpers import add_edition, add_language, ago, make_text, url_of

pytestmark = pytest.mark.django_db

ENDINGS = ("/", ".txt", ".pdf", ".xml", ".json")
HIDDEN: list[dict[str, Any]] = [
    {"moment": ago(-1)},
    {"moment": ago(1), "state": "draft"},
    {"moment": ago(1), "held": True},
    {"moment": ago(1), "withdrawn_at": ago(2)},
    {},
]


@pytest.mark.slow("asks each address of a text under embargo and of one that is not there")
def test_what_is_under_embargo_looks_like_what_is_not_there(client: Client, summit: Summit) -> None:

    def ask(slug: str, ending: str, **headers: str) -> tuple[Any, ...]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.get(f"/{summit.slug}/press/{slug}{ending}", headers=headers)
        statements = [query["sql"].replace(slug, "slug") for query in captured]
        return answer.status_code, answer.content.replace(slug.encode(), b"slug"), dict(answer.headers), statements

    every = [*ENDINGS, *(f"/fr{ending}" for ending in ENDINGS)]
    for number, values in enumerate(HIDDEN):
        slug = f"hidden-{number}"
        edition = make_text(summit=summit, slug=slug, **values)
        add_language(edition.version.text, "fr", state=edition.state)
        asked: list[tuple[str, dict[str, str]]] = [(ending, {}) for ending in (("/", "/fr/") if number else every)]
        for ending, headers in [*asked, ("/", {"if-none-match": "*"}), ("/", {"range": "bytes=0-10"})]:
            hidden = ask(slug, ending, **headers)
            assert hidden[0] == 404
            assert hidden == ask("never-written", ending, **headers), (values, ending)
    # The control: what is published is told from it.
    make_text(summit=summit, slug="there", moment=ago(1))
    assert ask("there", "/") != ask("never-written", "/")


def test_same_bytes_for_everybody() -> None:
    edition = make_text(moment=ago(1), speech=True)
    text = edition.version.text
    home = f"/{text.summit.slug}/press/"
    signed_in = Client(headers={"accept-language": "ar", "user-agent": "x"})
    signed_in.force_login(UserFactory(is_superuser=True))
    pages = [url_of(text)[:-1] + ending for ending in ENDINGS]
    for path in [home, *(home + name for name in ("feed.atom", "feed.json", "sitemap.xml")), *pages]:
        nobody, somebody = Client().get(path), signed_in.get(path)
        assert (nobody.status_code, nobody.content) == (200, somebody.content)
        # How long caches may keep it is counted from each answer on.
        ours, theirs = ({**answer.headers, "Cache-Control": ""} for answer in (nobody, somebody))
        assert ours == theirs
        assert "Set-Cookie" not in nobody.headers
        again = Client().get(path, headers={"if-none-match": nobody["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_page_says_who_what_where_when(client: Client) -> None:
    edition = make_text(moment=ago(1), speech=True, title="On borders", body="First.\n\nSecond <script>x</script>.")
    text = edition.version.text
    text.contact = "press@host.example"
    text.save()
    assert text.slot is not None
    page = client.get(url_of(text)).content.decode()
    for said in (
        "On borders",
        str(text.slot.speaker.label),
        str(text.slot.party),
        "check against delivery",
        "Second &lt;script&gt;x&lt;/script&gt;.</p>",
        '<bdi lang="en">London</bdi> time',
        "press@host.example",
    ):
        assert said in page
    # What is data for machines is never run.
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts == ['<script type="application/ld+json">', '<script src="/static/js/header.js" defer>']
    assert "style=" not in page


def test_where_a_speech_was_given_comes_from_the_released_agenda_alone(client: Client) -> None:
    edition = make_text(moment=ago(1), speech=True)
    text = edition.version.text
    assert text.slot is not None
    session = text.slot.session
    assert session.title not in client.get(url_of(text)).content.decode()
    times = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    values = {"session": session, "fingerprint": "f", "kind": session.kind, "title": "Opening plenary", **times}
    # A session that is everybody's and doesn't tell everybody who speaks is not told beside the speech.
    cases = (("accredited", 1, True, False), ("public", 0, False, False), ("public", 0, True, True))
    for number, (visibility, low, names, shown) in enumerate(cases, start=2):
        released = ReleasedSession.objects.create(
            visibility=visibility, sequence=number, room_name="Long Gallery", **values
        )
        if names:
            released.participants.create(role="speaker", slot_key=text.slot.public_id, label="Minister")
        release = ReleaseFactory(summit=text.summit, number=number)
        rows = {"session": session, "released_session": released, "full": released, "low": low}
        ReleaseEntry.objects.create(release=release, **rows)
        page = client.get(url_of(text)).content.decode()
        assert ("Opening plenary" in page, "Long Gallery" in page) == (shown, shown)


def test_languages(client: Client) -> None:
    edition = make_text(moment=ago(1), title="English words")
    text = edition.version.text
    add_language(text, "ar", title="كلمة الافتتاح", body="نص.")
    url = url_of(text)
    page = client.get(f"{url}ar/").content.decode()
    assert ('<div class="prose" lang="ar" dir="rtl">' in page, f'<a href="{url}" lang="en"' in page) == (True, True)
    for ending in ENDINGS:
        answer = client.get(f"{url}en{ending}")
        assert (answer.status_code, answer["Location"]) == (301, url[:-1] + ending)
        answer = client.get(f"{url}ar{ending}")
        assert (answer.status_code, answer["Content-Language"]) == (200, "en" if ending == "/" else "ar")
        assert client.get(f"{url}fr{ending}").status_code == 404
    listed = client.get(f"/{text.summit.slug}/press/").content.decode()
    assert ("English words" in listed, "كلمة الافتتاح" in listed) == (True, False)


def test_history_and_withdrawal(client: Client) -> None:
    note = "secret zero"
    edition = make_text(moment=ago(9), decided_at=ago(10), title="Old", withdrawn_at=ago(1), change_note=note)
    add_edition(edition.version, title="New", decided_at=ago(5), change_note="The sum was wrong.")
    page = client.get(url_of(edition.version.text)).content.decode()
    assert ("It was wrong." in page, "<title>Withdrawn: New" in page, note in page) == (True, True, False)
    # At the top of the text, in its history, and for machines.
    assert (page.count('<li value="'), page.count("The sum was wrong.")) == (2, 3)


def test_pages_of_the_list(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "PAGE", 2)
    summit = SummitFactory()
    for number in range(4):
        make_text(summit=summit, moment=ago(9 - number), decided_at=ago(40), title=f"Statement {number}.")
    home = f"/{summit.slug}/press/"

    def listed(query: str) -> list[str]:
        return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", client.get(home + query).content.decode())

    assert listed("?page=1") == listed("?page=zz") == ["Statement 3.", "Statement 2."]
    assert listed("?page=2") == ["Statement 1.", "Statement 0."]
    assert "3–4 of 4" in client.get(f"{home}?page=2").content.decode()
