"""The speeches before and after one, and what else was published of its session."""

import re

import pytest
from django.test import Client

from press.published_texts import related_speeches
from press.texts.models.editions import Edition
from sessions.draft.models.sessions import Session
from sessions.releases.services import releases
from sessions.visibility.models import Visibility
from summit.summits.models import Summit
from tests.factories import SessionFactory, SummitFactory, TopicFactory
from tests.module_fixtures import once_a_module
from tests.press.helpers import ago, make_text, organiser
from tests.press.public.test_text_lists import speech, text_of
from tests.sessions.conftest import SILENTLY

pytestmark = pytest.mark.django_db


@once_a_module
def session() -> Session:
    """A session of five speeches, all but the second with a text that is out."""
    made: Session = SessionFactory(summit=SummitFactory(), title="Opening", visibility=Visibility.PUBLIC)
    slots = [speech(made, position, name=f"Speaker {position}") for position in range(5)]
    for position, slot in enumerate(slots):
        moment = ago(-1) if position == 1 else ago(1)
        text_of(slot, slug=f"speech-{position}", title=f"Speech {position}.", moment=moment)
    releases.release(summit=made.summit, by=organiser(made.summit), tell=False)
    return made


def page(summit: Summit, number: int) -> str:
    answer = Client().get(f"/{summit.slug}/press/speech-{number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def around(content: str) -> tuple[list[str], list[str], list[str]]:
    """The speech before, the one after, and the others of the session."""
    before, after = (re.findall(rf'rel="{way}" [^>]*>([^<]+)<', content) for way in ("prev", "next"))
    others = re.findall(r">(Speech \d\.)</a>", content.partition("From the same session")[2])
    return before, after, others


def test_speeches_stand_in_the_order_of_the_released_agenda(session: Session) -> None:
    rest = ["Speech 0.", "Speech 2.", "Speech 3.", "Speech 4."]
    found = {number: around(page(session.summit, number)) for number in (0, 2, 3, 4)}
    assert found == {
        0: ([], ["Speech 2."], rest[1:]),
        2: (["Speech 0."], ["Speech 3."], ["Speech 0.", "Speech 3.", "Speech 4."]),
        3: (["Speech 2."], ["Speech 4."], ["Speech 0.", "Speech 2.", "Speech 4."]),
        4: (["Speech 3."], [], rest[:3]),
    }
    # The draft is another matter.
    session.slots.update(position=0)
    assert around(page(session.summit, 2)) == found[2]

    # What was not out is passed over until it is.
    text = Edition.objects.get(title="Speech 1.").version.text
    text.embargo.moment = ago(0.1)
    text.embargo.save()
    assert around(page(session.summit, 0))[1] == ["Speech 1."]


def test_a_session_of_which_the_public_does_not_know_tells_of_no_speech(session: Session) -> None:
    session.visibility = Visibility.PARTICIPANTS
    session.save()
    releases.release(summit=session.summit, by=organiser(session.summit), tell=False, decisions=SILENTLY)
    assert around(page(session.summit, 2)) == ([], [], [])


def test_withdrawn_neighbours_say_so_and_other_texts_have_none(session: Session) -> None:
    make_text(summit=session.summit, moment=ago(1), slug="speech-9", title="A notice.")
    assert around(page(session.summit, 9)) == ([], [], [])
    text = Edition.objects.get(title="Speech 3.").version.text
    text.withdrawn_at, text.withdrawn_by, text.withdrawal_reason = ago(0.1), text.embargo.decided_by, "Wrong."
    text.save()
    content = page(session.summit, 2)
    assert 'Speech 3.</a> <span class="state" data-state="bad">withdrawn</span>' in content


def test_texts_of_the_same_topics_stand_beside_it_once(session: Session) -> None:
    summit = session.summit
    topic = TopicFactory(summit=summit)
    for title in ("Speech 0.", "Speech 1.", "Speech 2."):
        Edition.objects.get(title=title).version.text.topics.add(topic)
    for number, moment in ((7, ago(1)), (8, ago(-1))):
        made = make_text(summit=summit, moment=moment, slug=f"speech-{number}", title=f"Speech {number}.")
        made.version.text.topics.add(topic)
    for number, alike in ((0, ["Speech 7."]), (7, ["Speech 2.", "Speech 0."])):
        beside = page(summit, number).partition("On the same topics")[2]
        assert re.findall(r">(Speech \d\.)</a>", beside) == alike


def test_a_long_session_leads_to_the_list_of_its_texts(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    link = f'/{session.summit.slug}/press/?session={session.public_id}"'
    assert link not in page(session.summit, 0)
    monkeypatch.setattr(related_speeches, "MOST", 2)
    assert link in page(session.summit, 2)
    assert len(around(page(session.summit, 2))[2]) == 2
