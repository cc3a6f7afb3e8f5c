"""Storing deliveries, and what each app tells."""

import json
import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from delegations.badges.events import ACCREDITED
from delegations.badges.services import badges
from delegations.invitations.events import ANSWERED
from delegations.invitations.services import answers
from press.subscriptions.events import CORRECTED, PUBLISHED, WITHDRAWN
from press.subscriptions.services import announcements
from press.texts.services import texts
from sessions.releases.events import RELEASED
from sessions.releases.services import releases
from summit.audit import services as audit
from summit.permissions.models import Role
from summit.webhooks import events as webhooks_events
from summit.webhooks.emit import Cause, emit, emit_many
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint
from tests import factories as f
from tests.factories import DeliveryFactory, EndpointFactory, SummitFactory, UserFactory
from tests.press.helpers import add_edition, ago, make_text
from tests.sources import ROOT

pytestmark = pytest.mark.django_db


def told(event: str) -> list[tuple[str, int]]:
    rows = Delivery.objects.filter(event=event).order_by("pk")
    return list(rows.values_list("subject_key", "version"))


class TestEmitting:
    def test_each_endpoint_that_asked_gets_one(self) -> None:
        summit = SummitFactory()
        wants, also = EndpointFactory.create_batch(2, summit=summit)
        EndpointFactory(summit=summit, events=["agenda.released"])
        EndpointFactory(summit=summit, enabled=False, off_why="hand", off_at=ago(1))
        EndpointFactory(summit=summit, kind="hub", events=[PUBLISHED])
        EndpointFactory()
        with transaction.atomic():
            assert emit(summit=summit, event=PUBLISHED, subject_key="x:1", version=3, facts={"a": 1}) == 2
        rows = Delivery.objects.order_by("pk").values_list("endpoint", "event", "subject_key", "version", "data")
        assert list(rows) == [(row.pk, PUBLISHED, "x:1", 3, {"a": 1}) for row in (wants, also)]

    def test_no_cause_is_delivered_twice(self) -> None:
        summit, first = EndpointFactory().summit, {"event": PUBLISHED, "subject_key": "x:1", "version": 1}
        others: list[dict[str, Any]] = [{"version": 2}, {"subject_key": "x:2"}, {"event": CORRECTED}]
        with transaction.atomic():
            counts = [emit(summit=summit, facts={}, **first | other) for other in ({}, {}, *others)]
        assert counts == [1, 0, 1, 1, 1]

    def test_one_query_where_nobody_asked_and_two_for_any_number(self, django_assert_num_queries: Any) -> None:
        endpoint = EndpointFactory(events=[])
        causes = [Cause(PUBLISHED, f"x:{number}") for number in range(5)]
        with transaction.atomic(), django_assert_num_queries(1):
            assert emit_many(summit=endpoint.summit, causes=causes) == 0
        Endpoint.objects.update(events=[PUBLISHED])
        EndpointFactory.create_batch(3, summit=endpoint.summit)
        with transaction.atomic(), django_assert_num_queries(2):
            assert emit_many(summit=endpoint.summit, causes=causes) == 20

    def test_an_event_that_nobody_declared_is_refused(self) -> None:
        with pytest.raises(KeyError), transaction.atomic():
            emit(summit=SummitFactory(), event="text.guessed", subject_key="x", facts={})
        for event in (PUBLISHED, webhooks_events.TEST):
            with pytest.raises(ValueError, match="two events"):
                webhooks_events.declare(event, "other words")

    @pytest.mark.django_db(transaction=True)
    def test_never_outside_the_transaction_of_its_cause(self) -> None:
        with pytest.raises(RuntimeError, match="the transaction"):
            emit(summit=SummitFactory(), event=PUBLISHED, subject_key="x", facts={})

    def test_what_it_says_never_changes(self) -> None:
        row = DeliveryFactory()
        with pytest.raises(DatabaseError), transaction.atomic():
            Delivery.objects.filter(pk=row.pk).update(data={"other": True})

    def test_secrets_are_encrypted(self) -> None:
        endpoint = EndpointFactory()
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM webhooks_endpoint")
            [(stored,)] = cursor.fetchall()
        assert endpoint.secret.startswith("whsec_")
        assert endpoint.secret.encode() not in bytes(stored)
        assert Endpoint.objects.get().secret == endpoint.secret


def all_of(summit: Any) -> Endpoint:
    return EndpointFactory(summit=summit, events=sorted(webhooks_events.EVENTS))


def shape(value: Any) -> Any:
    """Return what a value is made of, without what it says: names of fields, and which of them are addresses."""
    return {name: shape(each) for name, each in value.items()} if isinstance(value, dict) else "://" in str(value)


def documented() -> dict[str, Any]:
    """Return the shapes of the events that docs/webhooks.md shows, by their types."""
    blocks = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    found = [json.loads(block) for block in blocks]
    return {each["type"]: shape(each["data"]) for each in found}


def as_documented(event: str) -> bool:
    """Whether all that was told of an event has the shape that receivers read of."""
    wanted = documented()["text.published" if event == CORRECTED else event]
    found = [shape(row.data) for row in Delivery.objects.filter(event=event)]
    return bool(found) and found == [wanted] * len(found)


class TestWhatAppsTell:
    def test_the_events(self) -> None:
        assert sorted({*documented(), CORRECTED}) == sorted(webhooks_events.EVENTS)
        assert {name for name, words in webhooks_events.choices() if words and words != name} == set(
            webhooks_events.EVENTS
        )

    def test_an_answer(self) -> None:
        invitation = f.InvitationFactory(state="sent", sent_at=f.START)
        summit = invitation.party.summit
        all_of(summit)
        by = UserFactory.with_role(Role.PROTOCOL, summit)
        for said in ("attending", "regrets"):
            answers.answer(
                invitation=invitation, answer=said, note="A secret note", name="An ambassador", by=by,
                way=answers.AnswerReceipt("telephone"),
            )  # fmt: skip
        rows = [row.data for row in Delivery.objects.filter(event=ANSWERED).order_by("pk")]
        assert [row["answer"] for row in rows] == ["attending", "regrets"]
        assert as_documented(ANSWERED)
        assert rows[0]["invitation"] == {"id": invitation.public_id, "session": None}
        address = f"http://localhost:8000/api/v1/summits/{summit.slug}/parties/{invitation.party.public_id}/"
        assert rows[0]["party"] == {"id": invitation.party.public_id, "url": address}

    def test_a_badge_and_not_its_number(self) -> None:
        party = f.PartyFactory()
        all_of(party.summit)
        f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        members = [f.MembershipFactory(party=party, confirmed_at=f.START) for _number in range(3)]
        by = UserFactory.with_role(Role.ACCREDITATION, party.summit)
        issued = badges.issue(members=members, by=by)
        rows = list(Delivery.objects.filter(event=ACCREDITED).order_by("pk"))
        assert [row.data["person"] for row in rows] == [{"id": each.person.public_id} for each in issued.done]
        assert len(rows) == 3
        assert as_documented(ACCREDITED)
        text = str([row.data for row in rows])
        assert [badge for badge in issued.done if badge.public_id in text] == []
        assert [each.person for each in members if each.person.name and each.person.name in text] == []

    def test_a_release(self) -> None:
        session = f.SessionFactory(visibility="public")
        summit = session.summit
        all_of(summit)
        by = UserFactory.with_role(Role.ORGANISER, summit)
        made = releases.release(summit=summit, by=by, note="Secret")
        assert told(RELEASED) == [(f"agenda.release:{summit.public_id}", 1)]
        data = Delivery.objects.get(event=RELEASED).data
        assert as_documented(RELEASED)
        made.refresh_from_db()
        page = f"http://localhost:8000/{summit.slug}/agenda/"
        assert (data["updated"], data["page"]) == (made.released_at.isoformat(), page)
        # Of what is hidden from everybody nobody hears.
        f.SessionFactory(summit=summit, visibility="organisers")
        releases.release(summit=summit, by=by)
        assert Delivery.objects.filter(event=RELEASED).count() == 1
        assert [word for word in (session.title, "Secret") if word in str(data)] == []


class TestTexts:
    def test_published_corrected_withdrawn_removed_each_once(self) -> None:
        text = make_text(moment=ago(60), title="Canary in the title").version.text
        summit = text.summit
        all_of(summit)
        for _turn in range(3):
            announcements.announce_due()
        first = text.versions.get().editions.get()
        add_edition(text.versions.get(), change_kind="correction", change_note="A number", decided_at=ago(1))
        for _turn in range(3):
            announcements.announce_due()
        second = text.versions.get().editions.order_by("-number")[0]
        by = UserFactory.with_role(Role.PRESS_APPROVER, summit)
        texts.withdraw(text=text, reason="Wrong", by=by)
        texts.remove(text=text, reason="Still wrong", by=by)
        announcements.announce_due()
        assert list(Delivery.objects.order_by("pk").values_list("event", "subject_key", "version")) == [
            (PUBLISHED, f"press.edition:{first.public_id}", 1),
            (CORRECTED, f"press.edition:{second.public_id}", 2),
            (WITHDRAWN, f"press.text:{text.public_id}", 1),
            (WITHDRAWN, f"press.text:{text.public_id}", 2),
        ]
        assert [as_documented(event) for event in (PUBLISHED, CORRECTED, WITHDRAWN)] == [True] * 3
        rows = [row.data for row in Delivery.objects.order_by("pk")]
        assert [row.get("removed") for row in rows] == [None, None, False, True]
        assert [row.get("change") for row in rows] == [None, "correction", None, None]
        page = f"http://localhost:8000/{summit.slug}/press/{text.slug}/"
        assert [row["page"] for row in rows] == [page] * 4
        assert [word for word in ("Canary", "A number", "Wrong") if word in str(rows)] == []

    def test_nothing_is_told_before_its_moment(self) -> None:
        text = make_text(moment=ago(-36)).version.text
        all_of(text.summit)
        assert (announcements.announce_due(), announcements.announce(text.pk)) == (0, False)
        texts.withdraw(text=text, reason="No", by=UserFactory.with_role(Role.PRESS_APPROVER, text.summit))
        assert Delivery.objects.count() == 0

    def test_what_is_told_is_told_in_the_transaction_of_the_announcement(self, monkeypatch: Any) -> None:
        text = make_text(moment=ago(60)).version.text
        all_of(text.summit)
        monkeypatch.setattr(audit, "record", lambda **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            announcements.announce(text.pk)
        assert Delivery.objects.count() == 0
