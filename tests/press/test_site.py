import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from press.models import TextKind
from sessions.models import ReleasedSession, ReleaseEntry
from summit.models import Summit
from tests.factories import ReleaseFactory, SummitFactory, TextVersionFactory, UserFactory
from tests.press.helpers import add_edition, ago, make_lift, make_text, move_to_now, url_of

pytestmark = pytest.mark.django_db

ENDINGS = ("/", ".txt", ".pdf", ".xml", ".json")


def queries(client: Client, path: str, status: int = 200) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == status
    return len(captured)


def paths(summit: Summit, slug: str) -> list[str]:
    base = f"/{summit.slug}/press/{slug}"
    return [base + ending for ending in ENDINGS] + [f"{base}/fr{ending}" for ending in ENDINGS]


@pytest.mark.parametrize("case", ["future", "draft", "held", "withdrawn before", "unscheduled"])
def test_what_is_under_embargo_looks_like_what_is_not_there(client: Client, case: str) -> None:
    summit = SummitFactory()
    values: dict[str, dict[str, Any]] = {
        "future": {"moment": ago(-1)},
        "draft": {"moment": ago(1), "state": "draft"},
        "held": {"moment": ago(1), "held": True},
        "withdrawn before": {"moment": ago(1), "withdrawn_at": ago(2)},
        "unscheduled": {},
    }
    edition = make_text(summit=summit, slug="there", **values[case])
    french = TextVersionFactory(text=edition.version.text, language="fr", authoritative=False)
    add_edition(french, state=edition.state)
    for hidden, missing in zip(paths(summit, "there"), paths(summit, "never"), strict=True):
        with CaptureQueriesContext(connection) as first:
            one = client.get(hidden)
        with CaptureQueriesContext(connection) as second:
            other = client.get(missing)
        assert one.status_code == 404
        assert one.content == other.content
        assert dict(one.headers) == dict(other.headers)
        assert [q["sql"].replace("there", "never") for q in first] == [q["sql"] for q in second]
        assert client.head(hidden).headers == client.head(missing).headers


def test_control_the_comparison_sees_a_published_text(client: Client) -> None:
    summit = SummitFactory()
    make_text(summit=summit, slug="there", moment=ago(1))
    one, other = client.get(f"/{summit.slug}/press/there/"), client.get(f"/{summit.slug}/press/never/")
    assert one.content != other.content


def test_same_bytes_for_everybody() -> None:
    edition = make_text(moment=ago(1), speech=True)
    text = edition.version.text
    home = f"/{text.summit.slug}/press/"
    signed_in = Client(headers={"accept-language": "ar", "user-agent": "x"})
    signed_in.force_login(UserFactory(is_superuser=True))
    listed = [
        home,
        home + "feed.atom",
        home + "feed.json",
        home + "sitemap.xml",
        *(url_of(text)[:-1] + ending for ending in ENDINGS),
    ]
    for path in listed:
        nobody, somebody = Client().get(path), signed_in.get(path)
        assert nobody.status_code == 200
        assert nobody.content == somebody.content
        # How long caches may keep it is counted from each answer on.
        ours, theirs = ({**answer.headers, "Cache-Control": ""} for answer in (nobody, somebody))
        assert ours == theirs
        assert "Set-Cookie" not in nobody.headers
        assert nobody["ETag"]
        again = Client().get(path, headers={"if-none-match": nobody["ETag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_the_moment_lifts_the_text_with_nothing_running(client: Client) -> None:
    edition = make_text(moment=ago(-1))
    text = edition.version.text
    assert client.get(url_of(text)).status_code == 404
    move_to_now(text.lift)
    assert client.get(url_of(text)).status_code == 200


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
        "Transcript. Prepared text: check against delivery",
        f'<p id="p-1"><a class="pin" href="{url_of(text)}edition/1/#p-1"',
        'aria-label="Link to this paragraph">¶</a>First.</p>',
        "Second &lt;script&gt;x&lt;/script&gt;.</p>",
        '<bdi lang="en">London</bdi> time',
        "press@host.example",
        f"{url_of(text)[:-1]}.pdf",
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
    values = {
        "session": session,
        "sequence": 1,
        "fingerprint": "f",
        "kind": session.kind,
        "title": "Opening plenary",
        "starts_at": session.starts_at,
        "ends_at": session.ends_at,
        "room_name": "Long Gallery",
    }
    # A session that is everybody's and doesn't tell everybody who speaks is not told beside the speech.
    for visibility, low, names, shown in (
        ("accredited", 1, True, False),
        ("public", 0, False, False),
        ("public", 0, True, True),
    ):
        values["sequence"] = int(values["sequence"]) + 1
        released = ReleasedSession.objects.create(visibility=visibility, **values)
        if names:
            released.participants.create(role="speaker", slot_key=text.slot.public_id, label="Minister")
        release = ReleaseFactory(summit=text.summit, number=values["sequence"])
        ReleaseEntry.objects.create(
            release=release, session=session, released_session=released, full=released, low=low
        )
        page = client.get(url_of(text)).content.decode()
        assert ("Opening plenary" in page, "Long Gallery" in page) == (shown, shown)


def test_languages(client: Client) -> None:
    edition = make_text(moment=ago(1), title="English words")
    text = edition.version.text
    arabic = TextVersionFactory(text=text, language="ar", authoritative=False)
    add_edition(arabic, title="كلمة الافتتاح", body="نص.")
    url = url_of(text)
    page = client.get(f"{url}ar/").content.decode()
    assert '<div class="prose" lang="ar" dir="rtl">' in page
    assert f'<a href="{url}" lang="en" hreflang="en" dir="ltr">English</a>' in page
    for ending in ENDINGS:
        answer = client.get(f"{url}en{ending}")
        assert (answer.status_code, answer["Location"]) == (301, url[:-1] + ending)
        arabic_answer = client.get(f"{url}ar{ending}")
        assert arabic_answer.status_code == 200
        assert arabic_answer["Content-Language"] == ("en" if ending == "/" else "ar")
        assert client.get(f"{url}fr{ending}").status_code == 404
    listed = client.get(f"/{text.summit.slug}/press/").content.decode()
    assert "English words" in listed
    assert "كلمة الافتتاح" not in listed


def test_history_and_withdrawal(client: Client) -> None:
    edition = make_text(
        moment=ago(9), decided_at=ago(10), title="Old", withdrawn_at=ago(1), change_note="secret zero"
    )
    add_edition(edition.version, title="New", decided_at=ago(5), change_note="The sum was wrong.")
    page = client.get(url_of(edition.version.text)).content.decode()
    assert "It was wrong." in page
    assert 'data-kind="withdrawn"' in page
    assert "<title>Withdrawn: New" in page
    assert page.count('<li value="') == 2
    # At the top of the text, in its history, and for machines.
    assert page.count("The sum was wrong.") == 3
    assert "secret zero" not in page


def test_list_pages_and_filters(client: Client) -> None:
    summit = SummitFactory()
    for n in range(25):
        make_text(summit=summit, moment=ago(30 - n), decided_at=ago(40), title=f"Statement {n:02d}.")
    make_text(summit=summit, moment=ago(1), title="Speech one.", speech=True)
    home = f"/{summit.slug}/press/"
    first, second = (client.get(f"{home}?page={page}").content.decode() for page in (1, 2))
    assert first.index("Speech one.") < first.index("Statement 24.") < first.index("Statement 23.")
    assert "Statement 05." not in first
    assert "Statement 05." in second
    assert "21–26 of 26" in second
    only = client.get(f"{home}?kind={TextKind.TRANSCRIPT}").content.decode()
    assert ("Speech one." in only, "Statement 24." in only) == (True, False)
    none = client.get(f"{home}?kind={TextKind.NOTICE}").content.decode()
    assert "No text that has been published has all that you chose." in none
    assert client.get(f"{home}?kind=poem&page=zz").content.decode().count("<article") == 0
    assert client.get(f"{home}?page=zz").content.decode().count("<article") == 20


def test_queries_stay_the_same_from_5_to_50_texts(client: Client) -> None:
    summit = SummitFactory()
    lift = make_lift(summit, ago(1))

    def fill(number: int) -> None:
        for _ in range(number):
            last = make_text(summit=summit, lift=lift, speech=True, decided_at=ago(5))
            add_edition(last.version, decided_at=ago(0.5), change_note="c")

    home = f"/{summit.slug}/press/"
    fill(5)
    slug = summit.texts.first().slug
    listed = [
        home,
        home + "feed.atom",
        home + "feed.json",
        home + "sitemap.xml",
        "/sitemap.xml",
        f"/{summit.slug}/",
        f"/api/v1/summits/{summit.slug}/texts/",
    ]
    listed += [f"{home}{slug}{ending}" for ending in ENDINGS]
    before = {path: queries(client, path) for path in listed}
    fill(45)
    after = {path: queries(client, path) for path in listed}
    assert before == after
    assert max(before.values()) <= 14


def test_only_reading(client: Client) -> None:
    edition = make_text(moment=ago(1))
    assert client.post(url_of(edition.version.text)).status_code == 405
    assert client.get(f"/{edition.version.text.summit.slug}/press/subscribe/").status_code == 405
