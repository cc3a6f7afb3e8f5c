"""Announcements: each subscriber is told once of what is out, in their language, and of nothing that no longer is."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import translation

from press.embargoes.services import embargoes
from press.subscriptions import links as subscription_links
from press.subscriptions.messages import WITHDRAWAL
from press.subscriptions.models import Announcement, Subscriber
from press.subscriptions.services import announcements, subscribers
from press.subscriptions.services.announcements import announce_due
from press.subscriptions.services.withdrawals import recall, recall_due
from press.tasks import announce_publications, deliver_announcements
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.state_machine import BY_NAME
from press.texts.models.texts import Text
from press.texts.models.visibility import public_editions
from press.texts.services import decisions, editions, texts
from summit.audit.models import AuditEntry
from summit.outbox.message_kinds import Mail
from summit.outbox.models import Message, MessageState
from summit.summits.models import Summit
from summit.users.models import User
from tests.factories import SubscriberFactory, SummitFactory
from tests.press.helpers import add_edition, add_language, ago, approver, make_embargo, make_text, officer
from tests.threads import at_once, names

pytestmark = pytest.mark.django_db

THREADS = 12


def deliver() -> None:
    deliver_announcements(list(Message.objects.order_by("id").values_list("pk", flat=True)))


def told() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("address", "id").values_list("address", "facts__title"))


def test_each_subscriber_is_told_once_in_their_language(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1), title="English")
    add_language(edition.version.text, "fr", title="Français")
    for address, language in (("a@x.example", "en"), ("b@x.example", "fr"), ("c@x.example", "ar")):
        SubscriberFactory(summit=summit, address=address, language=language)
    SubscriberFactory(summit=summit, address="d@x.example", confirmed_at=None)
    SubscriberFactory(summit=summit, address="e@x.example", ended_at=ago(1))
    SubscriberFactory(address="elsewhere@x.example")
    assert announcements.announce_due() == 1
    assert told() == [("a@x.example", "English"), ("b@x.example", "Français"), ("c@x.example", "English")]
    assert set(Announcement.objects.values_list("edition__title", "recipients")) == {("English", 3), ("Français", 3)}
    assert AuditEntry.objects.get().action == "press.announce"
    assert (announcements.announce_due(), Message.objects.count()) == (0, 3)


def test_a_translation_that_comes_later_is_told_to_its_readers_alone(summit: Summit) -> None:
    edition = make_text(summit=summit, moment=ago(1))
    for language in ("en", "fr"):
        SubscriberFactory(summit=summit, address=f"{language}@x.example", language=language)
    announcements.announce_due()
    add_language(edition.version.text, "fr", title="Français")
    assert announcements.announce_due() == 1
    assert [row for row in told() if row[1] == "Français"] == [("fr@x.example", "Français")]


@pytest.mark.parametrize("sent_before", [True, False])
def test_corrections_are_told_to_whoever_had_the_first_mail(sent_before: bool, summit: Summit) -> None:
    SubscriberFactory(summit=summit, address="a@x.example")
    first = make_text(summit=summit, moment=ago(5), decided_at=ago(9), title="Replaced before it was read")
    add_edition(first.version, decided_at=ago(8), title="Wrong")
    announcements.announce_due()
    if sent_before:
        deliver()
    add_edition(first.version, decided_at=ago(1), title="Right", change_note="The sum.")
    SubscriberFactory(summit=summit, address="later@x.example")
    announcements.announce_due()
    deliver()
    first_reader = ["Corrected: Right", "Wrong"] if sent_before else ["Right"]
    told = [("a@x.example", subject) for subject in first_reader] + [("later@x.example", "Corrected: Right")]
    assert sorted((sent.to[0], sent.subject) for sent in mail.outbox) == told


def test_nothing_due_costs_two_queries(django_assert_num_queries: Any) -> None:
    make_text(moment=ago(-1))
    make_text(moment=ago(1), withdrawn_at=ago(0.5))
    announce_publications()
    with django_assert_num_queries(2):
        announce_publications()


def test_the_mails_are_queued_by_the_sweep_that_announces(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[Any] = []
    monkeypatch.setattr("celery.current_app.send_task", lambda task, args: queued.append((task, args)))
    SubscriberFactory(summit=summit)
    make_text(summit=summit, moment=ago(1))
    assert announce_publications() == 1
    assert queued == [("press.tasks.deliver_announcements", [[Message.objects.get().pk]])]


def test_the_mail(settings: Any) -> None:
    summit = SummitFactory(name="Border Summit")
    subscriber = SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, moment=ago(1), title="On <borders> & more", summary="Short.", speech=True)
    announcements.announce_due()
    message = Message.objects.get()
    assert message.kind == "publication"
    deliver_announcements([message.pk])
    raw = mail.outbox[0].message().as_bytes().decode()  # type: ignore[attr-defined]
    text = raw.replace("=\r\n", "").replace("=\n", "").replace("=3D", "=")
    for part in (
        "Subject: On <borders> & more",
        f"{settings.BASE_URL}/{summit.slug}/press/{edition.version.text.slug}/",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        f"/press/subscription/end-{subscriber.public_id}-",
        "Short.",
    ):
        assert part in text
    assert edition.body.splitlines()[0] not in text


CHANGES: dict[str, Callable[[Edition, User], object]] = {
    "hold": lambda edition, by: embargoes.hold(embargo=edition.version.text.embargo, reason="r", by=by),
    "withdraw": lambda edition, by: texts.withdraw(text=edition.version.text, reason="r", by=by),
    "move": lambda edition, by: Embargo.objects.filter(pk=edition.version.text.embargo_id).update(moment=ago(-1)),
    "leave": lambda edition, by: Subscriber.objects.update(ended_at=ago(0)),
    "correct": lambda edition, by: add_edition(edition.version, decided_at=ago(0)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_no_longer_called_for_is_dropped(change: str, summit: Summit) -> None:
    SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, moment=ago(1))
    announcements.announce_due()
    CHANGES[change](edition, officer(summit))
    deliver()
    assert (Message.objects.get().state, mail.outbox) == (MessageState.DROPPED, [])


@pytest.mark.parametrize("change", ["hold", "move", "withdraw"])
def test_whoever_decides_before_the_lock_wins(change: str, monkeypatch: pytest.MonkeyPatch, summit: Summit) -> None:
    """The sweep has seen the text; before it takes the lock somebody holds, moves or withdraws it."""
    SubscriberFactory(summit=summit)
    edition = make_text(summit=summit, moment=ago(1))
    (text_id,) = announcements.unannounced().values_list("version__text_id", flat=True)
    CHANGES[change](edition, officer(summit))
    assert not announcements.announce(text_id)
    assert not Message.objects.exists()
    # Control: with what the sweep saw in place of the second look, it is announced early.
    shown = Edition.objects.select_related("version__text__summit").get()
    shown.published_at = shown.first_published_at = ago(1)  # type: ignore[attr-defined]
    monkeypatch.setattr(announcements, "_still_due", lambda _text_id: [shown])
    assert announcements.announce(text_id)
    assert Message.objects.exists()


# --- At once ----------------------------------------------------------------------------------------------------


def race(act: Callable[[int], Any]) -> list[str]:
    """Run `act(n)` in threads that start together; return the names of what they raised."""
    came = at_once(*(lambda n=n: act(n) for n in range(THREADS)))
    return names([each for each in came if isinstance(each, BaseException)])


def due(number: int) -> None:
    summit = SummitFactory()
    SubscriberFactory.create_batch(3, summit=summit)
    embargo = make_embargo(summit, ago(1))
    for _ in range(number):
        make_text(summit=summit, embargo=embargo)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_twelve_at_once_announce_each_text_once() -> None:
    due(4)
    assert race(lambda _n: announcements.announce_due()) == []
    assert (Announcement.objects.count(), Message.objects.count()) == (4, 12)
    assert AuditEntry.objects.filter(action="press.announce").count() == 4


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_control_without_the_second_look_they_collide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the second look under the lock it is the constraint alone that keeps each text to one announcement."""
    due(1)
    edition = public_editions().select_related("version__text__summit").get()
    text_id = edition.version.text_id
    monkeypatch.setattr(announcements, "_still_due", lambda _text_id: [edition])
    problems = race(lambda _n: announcements.announce(text_id))
    assert problems == ["IntegrityError"] * (THREADS - 1)
    assert Announcement.objects.count() == 1
    # And without the constraint too, it would be announced twelve times.
    monkeypatch.setattr(Announcement.objects, "bulk_create", lambda rows: rows)
    assert race(lambda _n: announcements.announce(text_id)) == []
    assert AuditEntry.objects.filter(action="press.announce").count() == 1 + THREADS


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_many_saves_at_once_one_is_the_next_edition() -> None:
    summit = SummitFactory()
    version = make_text(summit=summit, state=EditionState.DRAFT).version
    by = officer(summit)
    problems = race(lambda n: editions.draft(version=version, based_on=1, title=f"Title of {n}", body="b", by=by))
    assert problems == ["EditConflict"] * (THREADS - 1)
    assert sorted(version.editions.values_list("number", flat=True)) == [1, 2]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_of_many_approvals_and_refusals_at_once_one_stands(guarded: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Control: where the UPDATE doesn't ask for the state before, all of them are written, one over the other."""
    if not guarded:
        for name in ("approve", "ask_changes"):
            row = replace(BY_NAME[name], before=frozenset(EditionState.values))
            monkeypatch.setitem(BY_NAME, name, row)
    summit = SummitFactory()
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    readers = [approver(summit) for _ in range(THREADS)]

    def act(n: int) -> None:
        own = Edition.objects.select_related("version__text__summit").get(pk=edition.pk)
        if n % 2:
            decisions.approve(edition=own, by=readers[n])
        else:
            decisions.ask_changes(edition=own, note="n", by=readers[n])

    stood = 1 if guarded else THREADS
    assert race(act) == ["DecisionRefused"] * (THREADS - stood)
    assert AuditEntry.objects.filter(object_key=edition.public_id).count() == stood


def ask(summit: Summit, address: str = "reader@paper.example", **extra: str) -> Any:
    client = Client(enforce_csrf_checks=True)
    return client.post(f"/{summit.slug}/press/subscribe/", {"address": address, "language": "en", **extra})


def link(summit: Summit, purpose: str, row: Subscriber | None = None) -> str:
    return subscription_links.url(row or Subscriber.objects.get(summit=summit), purpose).partition("8000")[2]


def test_double_opt_in_and_out(summit: Summit, client: Client) -> None:
    assert ask(summit, "Reader@Paper.Example", language="fr").status_code == 200
    row = Subscriber.objects.get()
    assert (row.address, row.language, row.confirmed_at) == ("reader@paper.example", "fr", None)
    deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    raw = mail.outbox[0].message().as_bytes().decode()  # type: ignore[attr-defined]
    found = re.search(r"http\S+?/press/subscription/confirm-\S+/", re.sub(r"=\r?\n", "", raw))
    assert found is not None
    path = re.sub(r"^https?://[^/]+", "", found.group())
    assert client.get(path).status_code == 200
    row.refresh_from_db()
    assert row.confirmed_at is None  # looking does nothing: programs look at links in mail
    for _turn in range(2):
        assert "Address confirmed" in client.post(path).content.decode()
        assert Subscriber.objects.active().get() == row
    others = [SubscriberFactory(summit=summit), SubscriberFactory(address=row.address)]
    end = link(summit, subscription_links.END, row)
    assert client.get(end).status_code == 200
    assert row in Subscriber.objects.active()
    one_click = Client(enforce_csrf_checks=True).post(end, {"List-Unsubscribe": "One-Click"})
    assert "You have unsubscribed" in one_click.content.decode()
    assert set(Subscriber.objects.active()) == set(others)
    assert "This link has expired" in client.post(path).content.decode()
    assert set(Subscriber.objects.active()) == set(others)


def test_the_answer_is_the_same_whether_known_or_not(summit: Summit) -> None:
    SubscriberFactory(summit=summit, address="known@paper.example")
    SubscriberFactory(summit=summit, address="left@paper.example", ended_at=ago(1))
    answers = [ask(summit, f"{name}@paper.example") for name in ("known", "left", "new", "new")]
    assert answers[0].status_code == 200
    for answer in answers:
        del answer.headers["X-Request-ID"]
    assert len({(answer.content, str(sorted(answer.headers.items()))) for answer in answers}) == 1


def test_one_mail_in_ten_minutes(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    for hours, mails in ((0, 1), (0.15, 1), (0.2, 2)):
        Subscriber.objects.update(asked_at=ago(hours))
        ask(summit)
        assert Message.objects.count() == mails
    # The control: without the limit each asking is a mail.
    monkeypatch.setattr(subscribers, "QUIET", -subscribers.QUIET)
    ask(summit)
    assert Message.objects.filter(kind="subscription").count() == 3


def test_links_grow_old_and_cannot_be_guessed(summit: Summit, client: Client) -> None:
    ask(summit)
    row = Subscriber.objects.get()
    good = subscription_links.token(row, subscription_links.CONFIRM)
    home = f"/{summit.slug}/press/subscription/"
    other = f"/{SummitFactory().slug}/press/subscription/"
    bad = ["x", good[:-1], good.replace("confirm", "end"), f"confirm-{row.public_id}-", f"other-{row.public_id}-aa"]
    assert [client.post(f"{home}{token}/").status_code for token in bad] == [404] * len(bad)
    assert client.post(f"{other}{good}/").status_code == 404
    Subscriber.objects.update(asked_at=ago(24 * 8))
    assert "This link has expired" in client.post(f"{home}{good}/").content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_links_outlive_a_change_of_the_secret(summit: Summit, settings: Any) -> None:
    row = SubscriberFactory(summit=summit)
    token = subscription_links.token(row, subscription_links.END)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert subscription_links.resolve(summit=summit, token=token) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert subscription_links.resolve(summit=summit, token=token) is None


def test_what_is_no_address_is_said(summit: Summit) -> None:
    assert ask(summit, f"{'a' * 250}@b.example").status_code == 400
    answer = ask(summit, "<nobody>")
    page = answer.content.decode()
    assert (answer.status_code, "Enter a full email address" in page, "&lt;nobody&gt;" in page) == (400, True, True)
    assert ask(SummitFactory(public=False)).status_code == 404
    assert not Subscriber.objects.exists()


def test_who_left_can_ask_again_and_the_question_is_dropped_once_answered(summit: Summit, client: Client) -> None:
    SubscriberFactory(summit=summit, ended_at=ago(1), asked_at=ago(2), address="reader@paper.example")
    ask(summit)
    client.post(link(summit, subscription_links.CONFIRM))
    assert Subscriber.objects.active().exists()
    deliver_announcements(list(Message.objects.values_list("pk", flat=True)))
    assert mail.outbox == []


def published() -> Edition:
    """Return an edition that a subscriber was written to about; a second one subscribed since."""
    edition = make_text(moment=ago(1), decided_at=ago(2), title="Ships")
    summit = edition.version.text.summit
    SubscriberFactory(summit=summit, address="first@paper.example")
    announce_due()
    SubscriberFactory(summit=summit, address="later@paper.example")
    return edition


def recalled() -> list[str]:
    return list(Message.objects.filter(kind="withdrawal").values_list("address", flat=True))


def sent() -> Mail:
    with translation.override("en"):
        return WITHDRAWAL.render(Message.objects.get(kind="withdrawal"))


def test_who_was_written_to_learns_of_it_once() -> None:
    text = published().version.text
    assert recall_due() == 0
    texts.withdraw(text=text, reason="The sum was wrong.", by=officer(text.summit))
    assert (recall_due(), recall_due(), recall(text.pk)) == (1, 0, False)
    assert recalled() == ["first@paper.example"]
    mail = sent()
    assert mail.subject == "Withdrawn: Ships"
    assert "Reason: The sum was wrong." in mail.text
    assert f"/press/{text.slug}/" in mail.text


def test_what_was_removed_is_told_with_the_reason_for_that() -> None:
    text = published().version.text
    texts.withdraw(text=text, reason="Wrong.", by=officer(text.summit))
    texts.remove(text=text, reason="It named a person.", by=approver(text.summit))
    assert recall_due() == 1
    mail = sent()
    assert "Reason: It named a person." in mail.text
    assert "The text has been removed." in mail.text
    assert text.slug not in mail.text


def test_of_what_was_never_read_and_what_was_withdrawn_long_ago_nobody_is_told() -> None:
    never = make_text(moment=ago(-1)).version.text
    SubscriberFactory(summit=never.summit)
    old = published().version.text
    for text in (never, old):
        texts.withdraw(text=text, reason="Not agreed.", by=officer(text.summit))
    Text.objects.filter(pk=old.pk).update(withdrawn_at=ago(30))
    assert (recall_due(), recalled()) == (0, [])
