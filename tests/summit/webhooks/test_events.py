"""Events: declared once, emitted where they say, told to whom they may be known and to a hub, and documented."""

import json
import re
from dataclasses import replace
from typing import Annotated, Any, TypedDict, is_typeddict
from urllib.parse import parse_qs

import jsonschema
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.functional import Promise
from lxml import etree

from delegations.badges.events import ACCREDITED
from delegations.badges.services import badges
from delegations.invitations.events import ANSWERED
from delegations.invitations.services import answers
from press.published_texts import websub
from press.subscriptions.events import CORRECTED, PUBLISHED, WITHDRAWN
from press.subscriptions.services import announcements
from press.subscriptions.services.announcements import announce_due
from press.texts.services import texts
from sessions.releases.events import RELEASED
from summit.audit import services as audit
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.webhooks import delivery
from summit.webhooks import events as webhooks_events
from summit.webhooks import websub as websub_webhooks
from summit.webhooks.events import EVENTS, PING, Event, KnownTo, NotKnown, UndeclaredPayload, once
from summit.webhooks.models.deliveries import Delivery
from summit.webhooks.models.endpoints import Endpoint
from summit.webhooks.payload import body, url_of
from summit.webhooks.payload_types import Url, payload_problems, types_of
from summit.webhooks.schema import body_schema
from tests import factories as f
from tests.factories import DeliveryFactory, EndpointFactory, SummitFactory, UserFactory
from tests.press.helpers import add_edition, add_language, ago, approver, make_text
from tests.ratchets import hold, table
from tests.sources import ROOT, modules_by_name, unregistered
from tests.summit.webhooks.event_scenarios import CANARY, SCENARIOS, file_of, misplaced
from tests.summit.webhooks.receivers import Receiver

pytestmark = pytest.mark.django_db
TABLE = "tests/summit/webhooks/event_scenarios.py"


class NoteData(TypedDict):
    text: str


def note(name: str = "text.published", summit: Summit | None = None) -> Event[str]:
    """An event about a string, which is its key, that nothing declares."""
    place = summit or SummitFactory()
    return Event(
        name=name,
        label=PUBLISHED.label,
        services=(),
        known_to=KnownTo("everybody", lambda summit, subjects: subjects),
        summit=lambda subject: place,
        subject_key=lambda subject: subject,
        version=once,
        payload=NoteData,
        build_payload=lambda subject: {"text": subject},
    )


class TestEmitting:
    def test_each_endpoint_that_asked_gets_one(self) -> None:
        summit = SummitFactory()
        wants, also = EndpointFactory.create_batch(2, summit=summit)
        EndpointFactory(summit=summit, events=["agenda.released"])
        EndpointFactory(summit=summit, enabled=False, off_why="hand", off_at=ago(1))
        EndpointFactory(summit=summit, kind="hub", events=["text.published"])
        EndpointFactory()
        with transaction.atomic():
            assert replace(note(summit=summit), version=lambda subject: 3).emit("x:1") == 2
        rows = Delivery.objects.order_by("pk").values_list("endpoint", "event", "subject_key", "version", "data")
        assert list(rows) == [(row.pk, "text.published", "x:1", 3, {"text": "x:1"}) for row in (wants, also)]

    def test_no_cause_is_delivered_twice(self) -> None:
        event = note(summit=EndpointFactory().summit)
        others = (event, event, replace(event, version=lambda subject: 2), replace(event, name="text.corrected"))
        with transaction.atomic():
            assert [each.emit("x:1") for each in others] == [1, 0, 1, 1]
            assert event.emit("x:1", "x:2") == 1

    def test_one_query_where_nobody_asked_and_two_for_any_number(self, django_assert_num_queries: Any) -> None:
        endpoint = EndpointFactory(events=[])
        event, subjects = note(summit=endpoint.summit), [f"x:{number}" for number in range(5)]
        with transaction.atomic(), django_assert_num_queries(1):
            assert event.emit(*subjects) == 0
        Endpoint.objects.update(events=["text.published"])
        EndpointFactory.create_batch(3, summit=endpoint.summit)
        with transaction.atomic(), django_assert_num_queries(2):
            assert event.emit(*subjects) == 20
        with transaction.atomic(), django_assert_num_queries(0):
            assert event.emit() == 0

    def test_an_event_is_declared_once_and_called_as_others_are(self) -> None:
        assert webhooks_events.declare(PUBLISHED) is PUBLISHED
        for name in (PUBLISHED.name, webhooks_events.TEST):
            with pytest.raises(ValueError, match="two events"):
                webhooks_events.declare(note(name))
        for name in ("Moved!", "agenda", "agenda.session-moved", "agenda." + "a" * 60):
            with pytest.raises(ValueError, match=re.escape("call it like agenda.session_moved")):
                webhooks_events.declare(note(name))

    @pytest.mark.django_db(transaction=True)
    def test_never_outside_the_transaction_of_its_cause(self) -> None:
        with pytest.raises(RuntimeError, match="the transaction"):
            note().emit("x")

    def test_a_payload_is_as_it_is_declared(self, monkeypatch: pytest.MonkeyPatch) -> None:
        event = note(summit=EndpointFactory().summit)
        wrong = replace(event, build_payload=lambda subject: {"text": 1, "title": "Secret"})
        with pytest.raises(UndeclaredPayload, match=r"data.title isn't declared; data.text is no str"):
            wrong.emit("x:1")
        # The control: without the check it would be sent.
        monkeypatch.setattr(webhooks_events, "payload_problems", lambda kind, value: [])
        assert wrong.emit("x:1") == 1

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


class Inner(TypedDict):
    url: Url


class Outer(TypedDict):
    inner: Inner
    number: int
    name: str | None


def test_types_of_payloads(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    good = {"inner": {"url": "https://summit.example/a/"}, "number": 1, "name": None}
    assert list(payload_problems(Outer, good)) == []
    for change, problem in (
        ({"number": True}, "data.number is no int"),
        ({"name": 1}, "data.name is none of str, NoneType"),
        ({"inner": {"url": "https://other.example/"}}, "data.inner.url is no URL of https://summit.example"),
        ({"inner": None}, "data.inner.url is missing"),
        ({"more": 1}, "data.more isn't declared"),
    ):
        assert list(payload_problems(Outer, good | change)) == [problem]
    assert Url == Annotated[str, "url"]


# --- declarations ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(EVENTS))
def test_an_event_is_emitted_by_the_services_that_it_declares_and_nowhere_else(name: str) -> None:
    hold(misplaced(EVENTS[name]))
    assert isinstance(EVENTS[name].label, Promise)
    assert EVENTS[name].known_to.words


def test_every_module_with_events_is_imported_at_the_start() -> None:
    pattern = r"declare\(\s*Event\("
    hold(unregistered(pattern, modules_by_name()))
    # The control: one that no app finds.
    (found,) = unregistered(pattern, {"sessions.draft.news": "NEW = declare(Event(name='new'))"})
    assert found.startswith("sessions/draft/news.py has declarations, and no app imports it")


@pytest.mark.slow("reads all sources once more, with a module more")
def test_control_an_event_that_is_emitted_elsewhere_is_found() -> None:
    line = "from sessions.releases.events import RELEASED\n\n\ndef save(release):\n    RELEASED.emit(release)\n"
    assert misplaced(RELEASED, {"sessions.draft.bad": line}) == [
        f"sessions.draft.bad.save: emits agenda.released, which {file_of(RELEASED)} declares for "
        "sessions.releases.services.releases.release and sessions.releases.services.releases.retime alone"
    ]
    module = "from delegations.invitations.services import answers\n\nanswers._store(None, None, None)\n"
    (found,) = misplaced(EVENTS["invitation.answered"], {"portal.bad": module})
    assert found.startswith("portal.bad: emits invitation.answered")


def test_control_what_nothing_emits_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = replace(RELEASED, name="agenda.forgotten")
    assert misplaced(forgotten) == ["sessions/releases/events.py: agenda.forgotten is declared, but nothing emits it"]
    other = "sessions.releases.services.releases.preview"
    moved = replace(RELEASED, services=(*RELEASED.services, other))
    monkeypatch.setattr("sessions.releases.events.RELEASED", moved)
    assert misplaced(moved) == [f"{file_of(moved)}: {other} doesn't emit agenda.released"]


# --- scenarios ------------------------------------------------------------------------------------------------------
def all_of(summit: Summit) -> Endpoint:
    return EndpointFactory(summit=summit, events=sorted(EVENTS))


def told(name: str) -> list[tuple[str, int]]:
    return list(Delivery.objects.filter(event=name).order_by("pk").values_list("subject_key", "version"))


def lacks_scenario(event: Event[Any]) -> list[str]:
    row = SCENARIOS.get(event.name)
    if row is None:
        return [f"{TABLE} has no scenario for {event.name} of {file_of(event)}"]
    others = set(event.services).symmetric_difference(row.happens)
    found = [f"{TABLE}: the scenario of {event.name} and its declaration disagree on {name}" for name in others]
    return found if row.hidden else [*found, f"{TABLE}: the scenario of {event.name} has nothing hidden"]


def test_every_event_has_a_scenario() -> None:
    hold(*map(lacks_scenario, EVENTS.values()), table(EVENTS, SCENARIOS, f"{TABLE} SCENARIOS"))
    # The controls: a new event, and a service that nothing tries.
    assert lacks_scenario(replace(RELEASED, name="agenda.new")) == [
        "tests/summit/webhooks/event_scenarios.py has no scenario for agenda.new of sessions/releases/events.py"
    ]
    (found,) = lacks_scenario(replace(RELEASED, services=(*RELEASED.services, "sessions.other")))
    assert found.endswith("disagree on sessions.other")


HAPPENS = [(name, service) for name, row in SCENARIOS.items() for service in row.happens]
HIDDEN = [(name, what) for name, row in SCENARIOS.items() for what in row.hidden]


@pytest.mark.parametrize(("name", "service"), HAPPENS)
def test_it_is_told_each_time_and_without_a_word(name: str, service: str) -> None:
    summit = SummitFactory()
    all_of(summit)
    with CaptureQueriesContext(connection) as captured:
        SCENARIOS[name].happens[service](summit)
    first = told(name)
    assert first
    assert any(CANARY in each["sql"] for each in captured), f"{TABLE}: {name} happens without a text that could leak"
    for row in Delivery.objects.filter(event=name).select_related("endpoint"):
        jsonschema.validate(json.loads(body(row)), body_schema(EVENTS[name]))
    SCENARIOS[name].happens[service](summit)
    assert len(told(name)) == 2 * len(first), (
        f"{file_of(EVENTS[name])}: the second time of {name} isn't told. subject_key must name its subject, and "
        "version rise where the same subject can have it again"
    )
    assert CANARY.casefold() not in str(list(Delivery.objects.values_list("data", "subject_key"))).casefold()


@pytest.mark.parametrize(("name", "what"), HIDDEN)
def test_nobody_is_told_of_what_is_hidden(name: str, what: str) -> None:
    summit = SummitFactory()
    all_of(summit)
    with CaptureQueriesContext(connection) as captured:
        SCENARIOS[name].hidden[what](summit)
    assert any(each["sql"].startswith("INSERT") for each in captured), f"{TABLE}: {name}, {what!r} does nothing"
    assert told(name) == [], f"{file_of(EVENTS[name])}: {name} tells of what is hidden: {what}"
    assert CANARY.casefold() not in str(list(Delivery.objects.values_list("data", "subject_key"))).casefold()


@pytest.mark.parametrize("name", sorted(SCENARIOS))
def test_what_is_not_known_is_refused_wherever_it_is_emitted(name: str) -> None:
    summit, event = SummitFactory(), EVENTS[name]
    subject = SCENARIOS[name].unknown(summit)
    all_of(summit)
    with pytest.raises(NotKnown, match=name):
        event.emit(subject)
    assert event.emit_known(subject) == 0
    # The control: without the check it would be told.
    careless = replace(event, known_to=KnownTo("anybody", lambda summit, subjects: subjects))
    assert careless.emit(subject) == 1


# --- what receivers read --------------------------------------------------------------------------------------------
def test_the_documentation_shows_an_event_as_it_is_sent(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    (block,) = re.findall(r"```json\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    shown = json.loads(block)
    jsonschema.validate(shown, body_schema(EVENTS[shown["type"]]))
    assert list(payload_problems(EVENTS[shown["type"]].payload, shown["data"])) == []


def parts(kind: Any) -> list[Any]:
    below = [part for each in types_of(kind).values() if is_typeddict(each) for part in parts(each)]
    return [kind, *below]


@pytest.mark.slow("the first to ask for it writes the whole description")
def test_the_description_has_each_event_in_words(client: Any) -> None:
    shown = client.get("/api/v1/schema/", HTTP_ACCEPT="application/json").json()["webhooks"]
    assert list(shown) == sorted(EVENTS)
    for name, event in EVENTS.items():
        operation = shown[name]["post"]
        assert operation["summary"] == f"Sent when {event.label}"
        for part in parts(event.payload):
            assert part.__doc__, f"{file_of(event)}: {part.__name__} of {name} has no docstring for receivers"
        assert event.payload.__doc__ in operation["description"]
        assert operation["requestBody"]["content"]["application/json"]["schema"] == body_schema(event)


def test_a_schema_of_each_type_of_payload() -> None:
    event = replace(RELEASED, payload=Outer)
    schema = body_schema(event)
    good = {"inner": {"url": "https://summit.example/a/"}, "number": 1, "name": None}
    body = {"type": event.name, "timestamp": "2025-03-31T09:30:00.000Z", "data": good}
    jsonschema.validate(body, schema)
    for change in ({"number": "1"}, {"name": 1}, {"inner": {}}, {"more": 1}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**body, "data": good | change}, schema)


class TestWhatAppsTell:
    def test_an_answer(self) -> None:
        invitation = f.InvitationFactory(state="sent", sent_at=f.START)
        summit = invitation.party.summit
        all_of(summit)
        by = UserFactory.with_role(Role.PROTOCOL, summit)
        for said in ("attending", "regrets"):
            way = answers.AnswerReceipt("telephone")
            answers.answer(invitation=invitation, answer=said, note="", name="An ambassador", by=by, way=way)
        rows = [row.data for row in Delivery.objects.filter(event=ANSWERED.name).order_by("pk")]
        assert [row["answer"] for row in rows] == ["attending", "regrets"]
        assert rows[0]["invitation"] == {"id": invitation.public_id, "session": None}
        address = f"http://localhost:8000/api/v1/summits/{summit.slug}/parties/{invitation.party.public_id}/"
        assert rows[0]["party"] == {"id": invitation.party.public_id, "url": address}

    def test_a_badge_and_not_its_number(self) -> None:
        party = f.PartyFactory()
        all_of(party.summit)
        f.InvitationFactory(party=party, state="sent", sent_at=f.START)
        members = [f.MembershipFactory(party=party, confirmed_at=f.START) for _number in range(2)]
        issued = badges.issue(members=members, by=UserFactory.with_role(Role.ACCREDITATION, party.summit))
        rows = [row.data for row in Delivery.objects.filter(event=ACCREDITED.name).order_by("pk")]
        assert [row["person"] for row in rows] == [{"id": each.person.public_id} for each in issued.done]
        assert [badge for badge in issued.done if badge.public_id in str(rows)] == []


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
            (PUBLISHED.name, f"press.edition:{first.public_id}", 1),
            (CORRECTED.name, f"press.edition:{second.public_id}", 2),
            (WITHDRAWN.name, f"press.text:{text.public_id}", 1),
            (WITHDRAWN.name, f"press.text:{text.public_id}", 2),
        ]
        rows = [row.data for row in Delivery.objects.order_by("pk")]
        assert [row.get("removed") for row in rows] == [None, None, False, True]
        assert [row.get("change") for row in rows] == [None, "correction", None, None]
        page = f"http://localhost:8000/{summit.slug}/press/{text.slug}/"
        assert [row["page"] for row in rows] == [page] * 4
        assert [word for word in ("Canary", "A number", "Wrong") if word in str(rows)] == []

    def test_what_is_told_is_told_in_the_transaction_of_the_announcement(self, monkeypatch: Any) -> None:
        text = make_text(moment=ago(60)).version.text
        all_of(text.summit)
        monkeypatch.setattr(audit, "record", lambda **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            announcements.announce(text.pk)
        assert Delivery.objects.count() == 0


# --- WebSub: feeds that a hub is told of ----------------------------------------------------------------------------
HUB = "https://hub.example/"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def summit(settings: Any) -> Summit:
    """A summit whose deployment has a hub, with a text that anybody may read."""
    settings.WEBSUB_HUB = HUB
    return make_text(moment=ago(60)).version.text.summit


def pinged() -> list[str]:
    rows = Delivery.objects.filter(event=PING).order_by("pk")
    return [row.data["url"].removeprefix("http://localhost:8000") for row in rows]


def hubs_of(client: Client, address: str) -> tuple[list[str], str]:
    """Return the hubs that a feed names in itself, and its header."""
    response = client.get(address)
    if "atom" in address:
        links = etree.fromstring(response.content).findall(f"{ATOM}link")
        found = [link.get("href") or "" for link in links if link.get("rel") == "hub"]
    else:
        found = [each["url"] for each in json.loads(response.content).get("hubs", [])]
    return found, response.get("Link", "")


FEEDS = [f"{feed}{query}" for feed in ("feed.atom", "feed.json") for query in ("", "?kind=statement", "?language=en")]


def test_feeds_that_are_told_of_name_the_hub_when_kept_too(summit: Summit, client: Client) -> None:
    for feed in FEEDS:
        address = f"/{summit.slug}/press/{feed}"
        wanted = ([HUB], f'<{HUB}>; rel="hub", <http://localhost:8000{address}>; rel="self"')
        assert [hubs_of(client, address), hubs_of(client, address)] == [wanted, wanted]
    announce_due()
    assert pinged() == [f"/{summit.slug}/press/{feed}" for feed in FEEDS]


def test_feeds_that_are_not_told_of_name_none(summit: Summit, client: Client, settings: Any) -> None:
    for feed in ("feed.atom", "feed.json"):
        for query in ("?kind=statement&language=en", "?q=word", "?since=2025-03-31"):
            assert hubs_of(client, f"/{summit.slug}/press/{feed}{query}") == ([], "")
    settings.WEBSUB_HUB = ""
    assert hubs_of(client, f"/{summit.slug}/press/feed.atom?lang=en") == ([], "")


def test_publication_correction_and_withdrawal_tell_it(summit: Summit) -> None:
    text = summit.texts.get()
    feeds = [f"/{summit.slug}/press/{feed}" for feed in FEEDS]
    for happens in (
        lambda: None,
        lambda: add_edition(text.versions.get(), change_note="Wrong", decided_at=ago(1)),
        lambda: texts.withdraw(text=text, reason="Wrong", by=approver(summit)),
    ):
        happens()
        announce_due()
        announce_due()
        assert pinged() == feeds
        Delivery.objects.all().delete()


def test_many_texts_are_a_handful_of_pings_and_each_language_has_its_feed(summit: Summit) -> None:
    make_text(summit=summit, moment=ago(60))
    assert (announce_due(), len(pinged())) == (2, 6)
    # The control: what a worker has tried stands for nothing later.
    Delivery.objects.update(attempts=1)
    add_language(summit.texts.earliest("pk"), "fr", decided_at=ago(1))
    make_text(summit=summit, moment=ago(60))
    announce_due()
    french = [f"/{summit.slug}/press/feed.{each}?language=fr" for each in ("atom", "json")]
    assert [feed for feed in pinged()[6:] if feed.endswith("language=fr")] == french
    assert len(pinged()) == 6 + 6 + 2


def test_without_a_hub_nothing_is_asked_or_stored(django_assert_num_queries: Any) -> None:
    text = make_text(moment=ago(60)).version.text
    with transaction.atomic(), django_assert_num_queries(0):
        websub.changed(text, ["en"], "x")
    announcements.announce_due()
    assert (pinged(), Endpoint.objects.count()) == ([], 0)


@pytest.mark.loopback
def test_the_hub_gets_a_form(there: Receiver, settings: Any) -> None:
    settings.WEBSUB_HUB = there.url
    summit = SummitFactory()
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/a/press/feed.atom?language=fr"], cause="x")
    delivery.work(Endpoint.objects.get().pk)
    # One inside is told where the deployment names it, and else not.
    settings.WEBHOOKS_INSIDE = []
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/a/press/feed.atom"], cause="y")
    delivery.work(Endpoint.objects.get().pk)
    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["sent", "failed"]
    [(_line, headers, body)] = there.got
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert "webhook-signature" not in headers
    assert parse_qs(body.decode()) == {
        "hub.mode": ["publish"],
        "hub.url": ["http://localhost:8000/a/press/feed.atom?language=fr"],
    }


def test_a_ping_goes_to_the_deployments_hub_whatever_a_row_says(summit: Summit, settings: Any) -> None:
    announce_due()
    Endpoint.objects.update(url="https://elsewhere.example/")
    assert url_of(Delivery.objects.select_related("endpoint")[0]) == HUB
    with transaction.atomic():
        websub_webhooks.ping(summit=summit, feeds=["/x"], cause="y")
    assert Endpoint.objects.get().url == HUB
