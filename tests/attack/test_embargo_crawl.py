"""What must stay hidden, looked for behind every route that there is: bodies and headers, whatever is asked for."""

import itertools
import logging
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib import admin
from django.core import mail
from django.db.models import F, QuerySet
from django.test import Client
from django.urls import reverse

from delegations.models import Capacity, Party
from press import pinned, reading
from press.domain.announce import announce_due
from press.models import Edition, EditionAttachment, EditionState, Lift, Text, TextKind, TextVersion, Wording
from press.models.visibility import public_editions
from press.reading import FORMATS
from sessions.domain import releases
from sessions.models import Session, Visibility
from summit.hooks.events import EVENTS, PING
from summit.hooks.models import Delivery
from summit.models import AuditEntry, Role, RoleAssignment, Summit
from summit.outbox.models import Message
from tests.attack.crawling import (
    CANARY,
    NOBODY,
    crawled,
    delegate,
    leaks,
    routes,
    sign_in,
    told_by_mail,
)
from tests.factories import (
    AttachmentFactory,
    CategoryFactory,
    EndpointFactory,
    FocalPointFactory,
    InvitationFactory,
    PartyFactory,
    SubscriberFactory,
    SummitFactory,
    TextVersionFactory,
    TopicFactory,
    UserFactory,
)
from tests.press.helpers import add_edition, ago, make_text, officer
from tests.sessions.conftest import session

# A walk of minutes; that the predicate holds on each database is asked in tests/press/test_visibility.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

STATES: dict[str, dict[str, Any]] = {
    "draft": {"state": EditionState.DRAFT, "moment": ago(5)},
    "in review": {"state": EditionState.IN_REVIEW, "moment": ago(5)},
    "changes asked": {"state": EditionState.CHANGES_ASKED, "moment": ago(5)},
    "under embargo": {"moment": ago(-5)},
    "unscheduled": {},
    "when delivered": {"speech": True},
    "held": {"moment": ago(5), "held": True},
    "withdrawn before": {"moment": ago(5), "withdrawn_at": ago(6)},
    "tied to what is not approved": {"moment": ago(5)},
    "removed": {"moment": ago(5), "withdrawn_at": ago(2)},
}
WORDS = ("title", "summary", "body", "change_note")
LANGUAGES = ("en", "fr", "ar")
# What is looked for in states of their own: a correction in draft of what is public, and a language of it in draft.
CORRECTION, TRANSLATION = "y", "z"


def canary(state: int | str, field: int, language: str = "en") -> str:
    """Return a word that stands in one field of one text in one language, and nowhere else."""
    first = state if isinstance(state, str) else chr(ord("a") + state)
    return f"zqcanary{first}{chr(ord('a') + field)}{language[0]}"


def words(state: int | str, language: str = "en") -> dict[str, str]:
    """Return the words of a text, each field with a canary of its own."""
    return {field: f"Words {canary(state, n, language)}" for n, field in enumerate(WORDS)}


def lay_beside(edition: Edition, state: int | str) -> None:
    """Lay a file beside an edition: title, name and content tell where they are from."""
    file = AttachmentFactory(
        text=edition.version.text,
        title=canary(state, 5),
        file_name=f"{canary(state, 6)}.pdf",
        content=f"%PDF-1.7 {canary(state, 7)}".encode(),
    )
    EditionAttachment.objects.create(edition=edition, attachment=file)


def hide(summit: Summit) -> None:
    """Make texts in every state that nobody may read, and others under what everybody may."""
    for number, (name, values) in enumerate(STATES.items()):
        given = {"speech": number % 2 == 0, "slug": f"{canary(number, 25)}-text"} | values
        edition = make_text(summit=summit, **given, **words(number))
        text, state = edition.version.text, values.get("state", EditionState.APPROVED)
        lay_beside(edition, number)
        for language in LANGUAGES[1:]:
            version = TextVersionFactory(text=text, language=language, authoritative=False)
            add_edition(version, state=state, **words(number, language))
        _about(text, number)
        if name == "removed":
            gone = {"removed_at": ago(1), "removed_by": UserFactory(), "removal_reason": "It named a person."}
            Text.objects.filter(pk=text.pk).update(**gone)
        if name == "tied to what is not approved":
            Lift.objects.filter(pk=text.lift_id).update(tied=True)
            make_text(summit=summit, lift=text.lift, state=EditionState.IN_REVIEW, slug="zqcanarytzz-text")
            TextVersion.objects.filter(text__lift=text.lift_id).update(added_at=ago(9))
    _under_what_is_public(summit)


def _about(text: Text, state: int) -> None:
    text.contact, text.gather_place = canary(state, 8), canary(state, 9)
    text.topics.add(TopicFactory(summit=text.summit, name=canary(state, 10)))
    text.save()
    Edition.objects.filter(version__text=text).update(decision_note=canary(state, 11))
    Lift.objects.filter(pk=text.lift_id, held_at__isnull=False).update(hold_reason=canary(state, 12))


def _under_what_is_public(summit: Summit) -> None:
    public = make_text(summit=summit, slug="open-text", moment=ago(5), title="Open", body="Open", speech=True)
    correction = add_edition(
        public.version, state=EditionState.IN_REVIEW, change_kind="correction", **words(CORRECTION)
    )
    lay_beside(correction, CORRECTION)
    arabic = TextVersionFactory(text=public.version.text, language="ar", authoritative=False)
    add_edition(arabic, state=EditionState.DRAFT, **words(TRANSLATION))
    # What was said, still to be published, follows what was prepared, which is.
    said = make_text(summit=summit, slug="zqcanaryxzz-text", moment=ago(-1), **words("x"))
    Text.objects.filter(pk=said.version.text_id).update(
        kind=TextKind.TRANSCRIPT,
        wording=Wording.DELIVERED,
        slot=public.version.text.slot,
        prepared=public.version.text,
    )


@pytest.fixture
def summit() -> Summit:
    made: Summit = SummitFactory(public_changes=True)
    SubscriberFactory(summit=made)
    return made


def readers(summit: Summit) -> dict[str, Client]:
    """Return who may not read ahead: anybody, a delegate, a journalist, and an account with all desks that have
    nothing to do with it, here or elsewhere: what each of them may, it may."""
    party = PartyFactory(summit=summit)
    InvitationFactory(party=party)
    media = CategoryFactory(summit=summit, capacity=Capacity.MEDIA)
    desks = officer(SummitFactory())
    for role in (Role.PROTOCOL, Role.PROGRAMME):
        RoleAssignment.objects.create(user=desks, summit=summit, role=role)
    return {
        "anybody": Client(),
        "delegate": sign_in(delegate(party)),
        "journalist": sign_in(delegate(party, category=media)),
        "desks": sign_in(desks),
    }


def asked(summit: Summit) -> list[str]:
    base = f"/{summit.slug}/press/"
    queries = [f"?lang={code}" for code in LANGUAGES] + ["?page=2", "?page=-1", "?page=last"]
    queries += [f"?kind={kind}" for kind in ("transcript", "statement", "x")] + ["?state=draft"]
    # Whoever guesses a word learns from no search whether it stands somewhere.
    queries += [f"?{name}=zqcanary" for name in ("q", "search", "topic", "session", "speaker", "country")]
    queries += ["?ordering=body", "?ordering=-title", "?language=fr", "?from=2020-01-01&to=2040-01-01"]
    lists = [base, f"/{summit.slug}/", f"{base}feed.atom", f"{base}feed.json", f"{base}sitemap.xml"]
    lists += [f"/api/v1/summits/{summit.slug}/texts/", "/admin/press/text/"]
    # What quotes a paragraph is asked by the whole address of each text, and of an edition.
    texts = [f"{settings.BASE_URL}{base}{slug}/" for slug in Text.objects.values_list("slug", flat=True)]
    texts += [text + rest for text in texts for rest in ("fr/", "edition/1/", "edition/2/")]
    quotes = [f"{base}oembed?url={quote(text + anchor, safe='')}" for text in texts for anchor in ("", "#p-1")]
    homes = [f"{home}?lang={code}" for home in ("/admin/", "/portal/") for code in LANGUAGES[1:]]
    return [path + query for path in lists for query in queries] + homes + quotes


# Public answers know nobody (test_site, test_views): whoever is signed in walks what knows them.
PERSONAL = ("/admin/", "/portal/", "/accounts/", "/i/")
# The lists of the API that desks work with, which know who asks; their rows are asked for in tests/routes.
LISTS = re.compile(r"/api/v1/summits/[^/]+/desk/[^/]+/\Z")
READERS = ("anybody", "delegate", "journalist", "desks")


@pytest.mark.parametrize("reader", READERS)
def test_no_route_tells_anybody_of_what_is_not_out(
    reader: str, summit: Summit, caplog: pytest.LogCaptureFixture
) -> None:
    hide(summit)
    paths = crawled(summit) + asked(summit)
    assert len(paths) > 3000
    if reader != "anybody":
        paths = [path for path in paths if path.startswith(PERSONAL) or LISTS.match(path)]
    with caplog.at_level(logging.DEBUG, logger="django.request"):
        assert leaks(readers(summit)[reader], paths) == {}
    # What readers typed into an address is logged with it, and nothing else of a text is.
    logged = {found for line in caplog.messages for found in CANARY.findall(line.encode())}
    assert {found for found in logged if found[9:10] not in b"gz"} == set()
    print(f"{len(routes())} routes, {len(STATES) + 3} states, {reader}: {len(paths)} answers read")


def test_nobody_is_written_to_about_what_is_not_out(summit: Summit) -> None:
    hide(summit)
    announce_due()
    assert Message.objects.filter(kind="publication").count() == 1
    assert told_by_mail() == set()
    audited = str(list(AuditEntry.objects.values_list("detail", "fields", "action")))
    assert CANARY.findall(audited.encode()) == []
    assert mail.outbox == []


def test_no_other_system_is_told_a_word_or_of_what_is_not_out(summit: Summit, settings: Any) -> None:
    settings.WEBSUB_HUB = "https://hub.example/"
    EndpointFactory(summit=summit, events=sorted(EVENTS))
    hide(summit)
    announce_due()
    told = Delivery.objects.exclude(event=PING)
    assert list(told.values_list("event", flat=True)) == ["text.published"]
    pings = str(list(Delivery.objects.filter(event=PING).values_list("data", flat=True)))
    assert "language=en" in pings
    assert "language=fr" not in pings
    stored = str(list(Delivery.objects.values_list("data", "subject_key")))
    assert CANARY.findall(stored.encode()) == []


def statuses(client: Client, path: str, method: str = "get", **headers: str) -> tuple[int, dict[str, str], bytes]:
    answer = getattr(client, method)(path, headers=headers)
    return answer.status_code, dict(answer.items()), bytes(answer.content)


def test_neither_parts_nor_conditions_tell(summit: Summit) -> None:
    hide(summit)
    ways: list[dict[str, str]] = [
        {"if-none-match": "*"},
        {"if-none-match": '"x"'},
        {"range": "bytes=0-10"},
        {"accept": "application/json"},
    ]
    gone = Text.objects.get(removed_at__isnull=False).slug
    endings = ["/", *(f".{ending}" for ending in FORMATS), "/fr/", "/fr.json", "/edition/1/", "/edition/2/"]
    hidden = Text.objects.exclude(slug__in=("open-text", gone)).values_list("slug", flat=True)
    for ending, headers in itertools.product(endings, ways):
        nowhere = statuses(Client(), f"/{summit.slug}/press/never-written{ending}", **headers)
        assert nowhere[0] == 404
        for slug in hidden:
            code, head, body = statuses(Client(), f"/{summit.slug}/press/{slug}{ending}", **headers)
            assert (code, head, body.replace(slug.encode(), b"never-written")) == nowhere
    for slug, ending in itertools.product(hidden, endings):
        assert statuses(Client(), f"/{summit.slug}/press/{slug}{ending}", "head")[::2] == (404, b"")


def test_what_was_removed_says_so_and_nothing_of_itself(summit: Summit) -> None:
    hide(summit)
    slug = Text.objects.get(removed_at__isnull=False).slug
    for ending in ("/", *(f".{ending}" for ending in FORMATS), "/fr/", "/edition/1/"):
        code, _head, body = statuses(Client(), f"/{summit.slug}/press/{slug}{ending}")
        assert (code, b"It named a person." in body) == (410, True)


def everything() -> QuerySet[Edition]:
    return Edition.objects.annotate(published_at=F("created_at"), first_published_at=F("created_at"))


def test_control_one_channel_without_the_predicate_is_found(summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
    hide(summit)
    monkeypatch.setattr(reading, "public_editions", everything)
    found = leaks(Client(), asked(summit))
    assert len(set().union(*found.values())) > len(STATES)
    assert leaks(sign_in(officer(summit)), ["/admin/press/text/"])  # whoever may read it finds it


def test_control_pinned_editions_without_the_predicate_are_found(
    summit: Summit, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(summit)
    paths = crawled(summit, [route for route in routes() if "edition/" in route or "files/" in route])
    assert leaks(Client(), paths) == {}
    monkeypatch.setattr(pinned, "published_editions", everything)
    # The correction in draft, beside what is public.
    assert canary(CORRECTION, 2).encode() in set().union(*leaks(Client(), paths).values())


def test_the_walk_knows_each_field_of_each_state(summit: Summit) -> None:
    """Control: the officers of the press desk, who read all of it, find the canaries."""
    hide(summit)
    desk = [path for path in crawled(summit) if path.startswith("/admin/press/text/") and path.endswith("/change/")]
    found = set().union(*leaks(sign_in(officer(summit)), desk).values())
    expected = {canary(state, field).encode() for state in range(len(STATES)) for field in (0, 1, 2, 5)}
    assert expected <= found
    lists = [path for path in crawled(summit) if LISTS.match(path)]
    told = set().union(*leaks(sign_in(officer(summit)), lists).values())
    assert {canary(state, field).encode() for state in range(len(STATES)) for field in (*range(4), 5, 6)} <= told
    assert public_editions().count() == 1


# --- sessions -------------------------------------------------------------------------------------------------------
HIDDEN = (Visibility.PARTICIPANTS, Visibility.ORGANISERS)


def confide(summit: Summit) -> tuple[Party, Party]:
    """Release an agenda with sessions that only some may know of; return who takes part and who doesn't."""
    inside, outside = PartyFactory(summit=summit), PartyFactory(summit=summit)
    organiser = UserFactory.with_role(Role.ORGANISER, summit)
    for party in (inside, outside):
        FocalPointFactory(party=party)
    rows = [
        session(
            summit,
            inside,
            visibility=visibility,
            title=f"Talks zqcanary{letter}ae",
            summary=f"About zqcanary{letter}be",
        )
        for visibility, letter in zip(HIDDEN, "xy", strict=True)
    ]
    session(summit, inside, outside, visibility=Visibility.PUBLIC, title="Open")
    releases.release(summit=summit, by=organiser, tell=False)
    for row in rows:
        Session.objects.filter(pk=row.pk).update(ends_at=F("ends_at") + (row.ends_at - row.starts_at))
    Session.objects.filter(title="Open").update(title="Open still")
    releases.release(summit=summit, by=organiser)
    return inside, outside


def test_no_route_tells_others_of_confidential_sessions(summit: Summit) -> None:
    _inside, outside = confide(summit)
    # What desks work with is theirs: press officers read the organisers' draft there.
    paths = [path for path in crawled(summit) if not path.startswith("/admin/") and "/desk/" not in path]
    paths += [f"{path}?show=all" for path in ("/portal/agenda/", "/portal/changes/")]
    paths += [f"/{summit.slug}/agenda/?lang={code}" for code in LANGUAGES]
    everybody = {
        "anybody": Client(),
        "another delegate": sign_in(delegate(outside)),
        "officer": sign_in(officer(summit)),
    }
    assert {name: leaks(client, paths) for name, client in everybody.items()} == {name: {} for name in everybody}
    desk = ["/admin/", *(p for p in crawled(summit) if p.startswith("/admin/programme/") or "/desk/" in p)]
    assert {name: leaks(everybody[name], desk) for name in ("anybody", "another delegate")} == {
        "anybody": {},
        "another delegate": {},
    }


def test_control_who_takes_part_finds_it_but_not_what_is_for_organisers(summit: Summit) -> None:
    inside, _outside = confide(summit)
    found = leaks(sign_in(delegate(inside)), ["/portal/agenda/", "/portal/changes/", "/portal/"])
    assert set().union(*found.values()) == {b"zqcanaryxae"}


def test_mails_and_calendars_of_others_do_not_tell(summit: Summit) -> None:
    inside, outside = confide(summit)
    told = {
        party.pk: set(
            CANARY.findall(str(Message.objects.filter(address=party.mission_email).values_list("facts")).encode())
        )
        for party in (inside, outside)
    }
    everything_sent = str(list(Message.objects.values_list("address", "facts")))
    assert "zqcanaryy" not in everything_sent
    mine = [
        address for address, facts in Message.objects.values_list("address", "facts") if "zqcanaryx" in str(facts)
    ]
    theirs = set(outside.focal_points.values_list("person__email", flat=True)) | {outside.mission_email}
    assert mine
    assert not set(mine) & theirs
    assert told[outside.pk] == set()


def test_a_confidential_session_is_like_one_that_never_was(summit: Summit) -> None:
    _inside, outside = confide(summit)
    client = sign_in(delegate(outside))
    bases = [f"/{summit.slug}/agenda/", f"/api/v1/summits/{summit.slug}/agenda/", "/portal/agenda/"]
    for base, row in itertools.product(bases, Session.objects.filter(visibility__in=HIDDEN)):
        there, nowhere = client.get(f"{base}{row.public_id}/"), client.get(f"{base}{NOBODY}/")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert dict(there.items()) == dict(nowhere.items())
        assert bytes(there.content).replace(row.public_id.encode(), NOBODY.encode()) == bytes(nowhere.content)


def test_the_walk_reaches_what_there_is(summit: Summit) -> None:
    hide(summit)
    paths = set(crawled(summit))
    text = Text.objects.get(slug="open-text")
    for name, args in (
        ("press:text", [summit.slug, text.slug]),
        ("press:language-export", [summit.slug, text.slug, "ar", "pdf"]),
        ("press:atom", [summit.slug]),
        ("agenda:schedule_xml", [summit.slug]),
        ("admin:press_text_change", [text.pk]),
        ("portal:home", []),
        ("api-root", []),
    ):
        assert reverse(name, args=args) in paths, name
    assert any(model._meta.app_label == "press" for model in admin.site._registry)
