"""What those see who come to the public pages by a link: long lists in parts, what was withdrawn or removed, and a
picture."""

from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from press.texts.models.texts import Text, TextKind
from sessions.draft.models.sessions import Session
from sessions.public import published_speeches
from summit.public import share_picture
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import PersonFactory, SessionFactory, SlotFactory, SummitFactory, UserFactory
from tests.press.helpers import add_language, ago, make_embargo, make_text, officer
from tests.sessions.conftest import release

pytestmark = pytest.mark.django_db


def debate(summit: Summit, number: int) -> Session:
    """Release a public session in which so many speak, whose texts are out."""
    session: Session = SessionFactory(summit=summit, title="General debate", visibility="public")
    embargo = make_embargo(summit, ago(1))
    for place in range(number):
        slot = SlotFactory(
            session=session, speaker=PersonFactory(summit=summit, name=f"Speaker {place}"), position=place
        )
        edition = make_text(summit=summit, embargo=embargo, title=f"Speech {place}")
        Text.objects.filter(pk=edition.version.text_id).update(
            slot=slot, kind=TextKind.TRANSCRIPT, wording="delivered"
        )
    release(summit)
    return session


class TestLongLists:
    def page(self, summit: Summit, session: Session) -> str:
        return Client().get(f"/{summit.slug}/agenda/{session.public_id}/").content.decode()

    def test_a_session_shows_some_and_leads_to_all(self, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sessions.public.views.MOST", 3)
        session = debate(summit, 5)
        page = self.page(summit, session)
        assert page.count(f'href="/{summit.slug}/press/text-') == 3
        address = f"/{summit.slug}/press/?session={session.public_id}"
        assert f'<a href="{address}">All 5 texts</a>' in page
        assert Client().get(address).content.decode().count(">Speech ") >= 5

    def test_a_short_one_stands_whole(self, summit: Summit) -> None:
        session = debate(summit, 2)
        assert published_speeches.MOST > 2
        assert "All 2 texts" not in self.page(summit, session)


class TestWithdrawnAndRemoved:
    def test_the_heading_of_a_withdrawn_text_is_marked(self) -> None:
        gone, stands = make_text(moment=ago(2), withdrawn_at=ago(1)), make_text(moment=ago(2))
        pages = [
            Client().get(f"/{each.version.text.summit.slug}/press/{each.version.text.slug}/").content.decode()
            for each in (gone, stands)
        ]
        headings = [page[page.index("<h1") : page.index("</h1>")] for page in pages]
        assert ["Withdrawn</span>" in heading for heading in headings] == [True, False]

    def test_the_api_says_that_a_removed_text_is_gone(self) -> None:
        edition = make_text(moment=ago(3), withdrawn_at=ago(2))
        text = edition.version.text
        base = f"/api/v1/summits/{text.summit.slug}/texts/{text.slug}"
        addresses = [f"{base}/", f"{base}/editions/1/", f"{base}/?language=en"]
        assert [Client().get(address).status_code for address in addresses] == [200] * 3
        removed: dict[str, Any] = {"removed_at": ago(1), "removed_by": UserFactory(), "removal_reason": "Not ours."}
        Text.objects.filter(pk=text.pk).update(**removed)
        for address in addresses:
            answer = Client().get(address)
            assert (answer.status_code, answer.json()["type"].rpartition("#")[2]) == (410, "gone")
            assert answer.json()["detail"] == "The press office removed this text: Not ours."
        # What nobody had read was never there.
        hidden = make_text(summit=text.summit, slug="hidden", moment=ago(-1), withdrawn_at=ago(1))
        Text.objects.filter(pk=hidden.version.text_id).update(**removed)
        for address in (f"{base.rpartition('/')[0]}/hidden/", f"{base}/?language=fr"):
            assert Client().get(address).status_code == 404


def test_other_languages_are_named_by_whole_addresses() -> None:
    edition = make_text(moment=ago(1))
    add_language(edition.version.text, "fr", title="Discours")
    text = edition.version.text
    page = Client().get(f"/{text.summit.slug}/press/{text.slug}/").content.decode()
    address = f"{settings.BASE_URL}/{text.summit.slug}/press/{text.slug}/"
    for language, path in (("en", address), ("fr", f"{address}fr/")):
        assert f'<link rel="alternate" hreflang="{language}" href="{path}">' in page


class TestPicture:
    def test_each_public_page_names_it(self) -> None:
        text = make_text(moment=ago(1)).version.text
        address = f"/{text.summit.slug}/picture.png"
        for path in ("", "agenda/", "press/", f"press/{text.slug}/"):
            page = Client().get(f"/{text.summit.slug}/{path}").content.decode()
            assert f'<meta property="og:image" content="{settings.BASE_URL}{address}">' in page, path
        answer = Client().get(address)
        picture = Image.open(BytesIO(answer.content))
        assert (answer["Content-Type"], picture.format, picture.size) == ("image/png", "PNG", (1200, 630))

    def test_it_says_the_summits_name(self) -> None:
        one, other = SummitFactory(name="One"), SummitFactory(name="Other")
        assert share_picture.draw(one) == share_picture.draw(one)
        assert share_picture.draw(one) != share_picture.draw(other)
        # Letters that no font prints are no empty boxes.
        other.name, other.language = "\U00012000\U00012001", "en"
        assert len(share_picture.draw(other)) > 1000


def test_the_desks_countdown_says_what_then_is_true(summit: Summit) -> None:
    client = signed_in(officer(summit))
    badge = 'data-badge="stands" data-badge-past="published"'
    for state, said in (("approved", "Published"), ("draft", "Publication time reached. Reload this page.")):
        edition = make_text(summit=summit, state=state, moment=ago(-1))
        page = client.get(f"/admin/press/text/{edition.version.text_id}/").content.decode()
        assert f'data-past="{said}"' in page
        # And so does what says where the text stands.
        assert (badge in page) == (state == "approved")
