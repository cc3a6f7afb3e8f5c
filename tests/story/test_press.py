"""The press office's day: two opening speeches prepared, delivered and corrected, a notice under embargo."""

from datetime import timedelta

import pytest
from django.test import Client

from portal.demo import border_security
from press.delivery_check import services as delivery_check_services
from press.delivery_check.models import PassageCheckKind
from press.embargoes.services import embargoes, undelivered_speech_alarms
from press.subscriptions.services.announcements import announce_due
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from sessions.draft.services import cancel_and_move
from summit.core.database_clock import db_now
from summit.users.models import User
from tests.story.helpers import browser, go_out, subject_of

# Alike whatever the database.
pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.broad("a story through many pages")]
SITE = "/border-security-2025/press/"
PM, HOME, NOTICE = "opening-address-prime-minister", "opening-address-home-secretary", "funding-border-security"
SUBSCRIBERS = 4


class Desk:
    """The two who work at the press desk, each in their own browser."""

    def __init__(self) -> None:
        self.officer, self.approver = browser("press"), browser("approver")

    def page(self, slug: str) -> str:
        return f"/admin/press/text/{Text.objects.get(slug=slug).pk}/"

    def newest(self, slug: str) -> Edition:
        return Edition.objects.filter(version__text__slug=slug, version__authoritative=True).order_by("-number")[0]

    def decide(self, client: Client, slug: str, name: str, **values: str) -> None:
        given = {"version": "en", "number": str(self.newest(slug).number)} | values
        answer = client.post(f"{self.page(slug)}decide/{name}/", given, follow=True)
        # What earlier pages had to say may stand before it.
        assert [message.level_tag for message in answer.context["messages"]][-1:] == ["success"], name

    def publish(self, slug: str, **when: str) -> None:
        """Let an edition be reviewed, and set when it goes out."""
        self.decide(self.officer, slug, "submit")
        self.decide(self.approver, slug, "approve")
        if when:
            self.decide(self.officer, slug, "set_moment", **when)

    def save(self, slug: str, body: str, **values: str) -> None:
        edition = self.newest(slug)
        given = {"title": edition.title, "summary": edition.summary, "body": body, "based_on": str(edition.number)}
        assert self.officer.post(f"{self.page(slug)}change/", given | values).status_code == 302


@pytest.fixture
def desk() -> Desk:
    border_security.load()
    return Desk()


def read(path: str) -> tuple[int, str]:
    answer = Client().get(path)
    return answer.status_code, answer.content.decode()


def mails() -> list[str]:
    """Announce what has come out, send it, and return the subjects, each as often as it went out."""
    announce_due()
    return [subject_of(sent) for sent in go_out()]


def test_an_opening_speech_is_prepared_delivered_and_corrected(desk: Desk) -> None:
    desk.publish(HOME, when="delivered")
    prepared = Text.objects.get(slug=HOME)
    assert (read(f"{SITE}{HOME}/")[0], mails()) == (404, [])
    desk.decide(desk.officer, HOME, "deliver")
    code, page = read(f"{SITE}{HOME}/")
    assert (code, "Prepared text: check against delivery" in page) == (200, True)
    assert mails() == ["Address by the Home Secretary at the opening"] * SUBSCRIBERS

    # The officer listens: one passage is left out, one is put otherwise, one is added.
    by = User.objects.get(email="press@summit.example")
    edition = desk.newest(HOME)
    passages = [each.passage for each in delivery_check_services.marked(edition) if each.passage.anchor]
    for place, kind, words in (
        (1, PassageCheckKind.STRIKE, ""),
        (2, PassageCheckKind.CHANGE, "We begin at once."),
        (-1, PassageCheckKind.INSERT, "Good morning."),
    ):
        delivery_check_services.mark(edition=edition, anchor=passages[place].anchor, kind=kind, words=words, by=by)
    said = delivery_check_services.make_delivered(edition=edition, by=by)
    desk.publish(said.slug, when="now")
    code, page = read(f"{SITE}{said.slug}/")
    assert (code, "Text as delivered" in page, "We begin at once." in page) == (200, True, True)
    assert "[passage not delivered]" in page
    # It is no correction: the prepared text stays as it was, and leads to it.
    assert 'data-kind="correction"' not in page
    assert f'href="{SITE}{said.slug}/"' in read(f"{SITE}{HOME}/")[1]
    assert mails() == [said_title(said)] * SUBSCRIBERS
    assert read(f"{SITE}{said.slug}/comparison/")[0] == 404
    about = {"comparison_public": "on", "topics": ""}
    assert desk.officer.post(f"{desk.page(said.slug)}about/", about).status_code == 302
    assert read(f"{SITE}{said.slug}/comparison/")[0] == 200

    # What was heard wrongly is corrected in the open.
    body = desk.newest(said.slug).body.replace("at once", "today")
    desk.save(said.slug, body, change_kind="correction", change_note="The minister said “today”.")
    assert "We begin at once." in read(f"{SITE}{said.slug}/")[1]
    desk.publish(said.slug)
    page = read(f"{SITE}{said.slug}/")[1]
    assert ("We begin today." in page, page.count("The minister said “today”.") >= 2) == (True, True)
    assert "We begin at once." in read(f"{SITE}{said.slug}/edition/1/")[1]
    corrected = mails()
    assert len(corrected) == SUBSCRIBERS
    assert corrected.count(f"Corrected: {said_title(said)}") == 2  # and one in French, one in Arabic
    assert prepared.slot == Text.objects.get(pk=said.pk).slot


def said_title(said: Text) -> str:
    return said.versions.get().editions.order_by("number")[0].title


def test_a_notice_under_embargo_goes_out_while_one_watches(desk: Desk) -> None:
    desk.publish(NOTICE, when="soon")
    assert (read(f"{SITE}{NOTICE}/")[0], NOTICE in read(SITE)[1], mails()) == (404, False, [])
    Embargo.objects.filter(texts__slug=NOTICE).update(moment=db_now() + timedelta(seconds=0.3))
    code = 404
    while code != 200:
        listed = NOTICE in read(SITE)[1]
        code = read(f"{SITE}{NOTICE}/")[0]
        assert code in ((200,) if listed else (200, 404))
    assert NOTICE in read(SITE)[1]
    assert NOTICE in read(f"{SITE}feed.atom")[1]
    sent = mails()
    assert len(sent) == SUBSCRIBERS * public_editions().count()
    assert mails() == []


def test_a_speech_that_is_cancelled_stays_in(desk: Desk) -> None:
    desk.publish(PM, when="delivered")
    found = Text.objects.select_related("slot__session", "embargo").get(slug=PM)
    assert found.slot is not None
    by = User.objects.get(email="press@summit.example")
    embargoes.wait_for_delivery(embargo=found.embargo, fallback=db_now() + timedelta(hours=1), by=by)
    cancel_and_move.cancel(session=found.slot.session, by=User.objects.get(email="organiser@summit.example"))
    assert Embargo.objects.get(pk=found.embargo_id).held_at is not None
    Embargo.objects.filter(pk=found.embargo_id).update(fallback_at=db_now() - timedelta(seconds=1))
    for path in ("", "feed.atom", "feed.json", "sitemap.xml", f"{PM}/", f"{PM}.pdf"):
        assert PM not in read(SITE + path)[1] or path.startswith(PM)
        assert (read(SITE + path)[0] == 404) is path.startswith(PM)
    # The press desk is written to, and nobody else.
    assert mails() == ["On hold: 2 texts whose speeches changed"] * 2
    page = desk.officer.get(desk.page(PM)).content.decode()
    assert "the speech was not marked as delivered" in page
    assert (undelivered_speech_alarms.raise_due(), undelivered_speech_alarms.raise_due()) == (1, 0)
    assert {str(sent["To"]).partition("@")[0] for sent in go_out()} >= {"press", "approver", "organiser"}
