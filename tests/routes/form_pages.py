"""Where the forms of pages are found: which pages are looked at, of which rows, by whom."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import Resolver404, resolve
from lxml import html

from portal.views.delegation.person import SECTIONS
from press.texts.models.embargoes import EmbargoMode
from sessions.agenda.models.releases import ReleasedSession
from sessions.draft.models.participants import FloorRequest
from sessions.draft.models.sessions import Session
from sessions.presence.models import Place
from sessions.presence.services import marks
from summit.audit.services import SYSTEM
from summit.core.database_clock import db_now
from summit.core.process_cache import forget_all
from summit.imports import services
from summit.jobs.models.jobs import Job
from summit.permissions.route_access import Gate
from summit.permissions.route_table import Route, Whose, declared
from summit.privacy import subject_access
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.press.helpers import ago, make_embargo, make_text
from tests.routes.access_matrix import fill
from tests.routes.test_api_write_parity import NONE, writing
from tests.routes.world import MISSING, World, row

# Pages that only show something, where forms of pages stand that answer POST alone.
BESIDES = (
    "admin:api_apiclient_change",
    "admin:delegations_handover_waiting",
    "admin:delegations_delegationimportfile_change",
    "admin:webhooks_delivery_change",
    "admin:outbox_message_change",
    "admin:press_text_marking",
    "admin:press_text_detail",
    "admin:agenda_scheduleimportfile_change",
    "admin:press_speechimportfile_change",
    "portal:delegation",
    "portal:people_sheet",
    "admin:jobs_job",
    "portal:people",
    "portal:person",
    "portal:session",
)

# A file that was imported, and that can be undone.
DONE: dict[str, Any] = {"next_row": 1, "applied_at": ago(1), "journal": "[]"}


@dataclass(frozen=True)
class Look:
    """A page to look at: what fills its address, and what is asked besides."""

    page: str
    values: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)


def looks(world: World) -> Iterator[Look]:
    """Yield the pages to look at: each once, or in each state in which other forms stand on it."""
    routes, more = declared(), defaultdict(list)
    for look in (*_decided(world), *_chosen(world), *_files(world)):
        more[look.page].append(look)
    for name in [*(name for name in writing() if name not in NONE), *BESIDES]:
        if "GET" in routes[name].methods:
            yield from more[name] or [_usual(world, routes[name])]
    # While a party's request waits, it asks for the floor no more.
    FloorRequest.objects.filter(party=world.own).delete()
    yield _usual(world, routes["portal:session"])


def found(world: World) -> dict[str, dict[str, set[str]]]:
    """Return what the forms of all pages send, by the route to which they post and the page on which they stand."""
    who, routes = {each.reader.name: each for each in world.readers}, declared()
    sent: defaultdict[str, dict[str, set[str]]] = defaultdict(dict)
    for look in looks(world):
        route = routes[look.page]
        path = fill(route, {**MISSING, **look.values})
        world.client.cookies = who["focal_point" if route.gate == Gate.PORTAL else "superuser"].cookies()
        forget_all()
        with transaction.atomic():
            asked = {**world.asked.get(look.page, {}).get("get", {}), **look.asked}
            # Whoever works for several summits is led on to the address that says which.
            response = world.client.get(path, asked, follow=route.gate == Gate.DESK)
            transaction.set_rollback(True)
        assert response.status_code == 200, (look, response.status_code)
        for name, fields in forms_of(response.content, path):
            sent[name].setdefault(look.page, set()).update(fields)
    return sent


def _usual(world: World, route: Route) -> Look:
    """Return a look at one's own row, or at one of the summit; at a row of a list that was chosen there, where the
    address picks none."""
    reader = next(each.reader for each in world.readers if each.reader.name == "focal_point")
    app, _line, rest = route.name.removeprefix("admin:").partition("_")
    kind = route.kind or f"{app}.{rest.partition('_')[0]}"
    for whose in (Whose.OWN, Whose.FOREIGN):
        if kind in world.objects and (picked := world.picks(kind, whose, reader)):
            return Look(route.name, dict(picked[0]), {} if route.kind else {"row": picked[0].get("pk", "")})
    return Look(route.name)


def _decided(world: World) -> Iterator[Look]:
    """Yield texts on whose page other decisions stand."""
    here = world.here
    delivered = make_embargo(here, None, mode=EmbargoMode.DELIVERED)
    for edition in (
        make_text(summit=here, state="draft"),
        make_text(summit=here, state="in_review"),
        make_text(summit=here, emergency_reason="Nobody else is awake."),
        make_text(summit=here, held=True),
        make_text(summit=here, withdrawn_at=ago(1)),
        make_text(summit=here, embargo=delivered, speech=True),
        make_text(summit=here, embargo=make_embargo(here, None, tied=True)),
    ):
        yield Look("admin:press_text_detail", _keys(edition.version.text))


def _chosen(world: World) -> Iterator[Look]:
    """Yield pages that show their form once something was chosen on them."""
    here, party = world.here, world.own
    head = f.MembershipFactory(party=party, code="head", person__email="head@land.example")
    session = f.SessionFactory(summit=here)
    f.ParticipantFactory(session=session, party=party)
    yield Look("admin:agenda_session_line_up", _keys(session))
    released = ReleasedSession.objects.filter(session__summit=here).order_by("pk")[0].session
    yield Look("admin:agenda_session_retime", _keys(released), {"way": "later", "by": "10"})
    starts_at = released.starts_at.astimezone(here.zone)
    times = {
        name: f"{starts_at + timedelta(minutes=minutes):%H:%M}"
        for name, minutes in (("end", 10), ("on", 20), ("until", 30))
    }
    yield Look("admin:agenda_session_retime", _keys(released), {"way": "split", "room": "", **times})
    yield Look("admin:delegations_party_invite", asked={"row": f.PartyFactory(summit=here).pk})
    f.MembershipFactory(party=party)
    yield Look("admin:agenda_session_representation", _keys(session), {"party": party.pk})
    marks.tick(party=party, person=head.person, place=Place.LANDED, by=User.objects.get(name="organiser"))
    yield Look("admin:agenda_session_presence", _keys(session))
    yield Look("admin:agenda_session_presence_day", {"slug": here.slug})
    yield Look("admin:delegations_occasions", {"slug": here.slug}, {"session": session.public_id})
    yield Look("admin:delegations_letters", {"slug": here.slug}, {"purpose": "reminder", "language": "fr"})
    # The floor is asked for until a moment to come.
    taking = world.objects["session in an agenda"][Whose.OWN]
    Session.objects.filter(pk=taking["pk"]).update(requests_until=ago(-1))
    # Somebody of another category may take a member's place, and somebody who is named nowhere be named.
    other = f.MembershipFactory(party=party)
    free = f.PersonFactory(summit=here)
    yield Look("admin:delegations_membership_replace", _keys(other), {"person": head.person_id})
    yield Look("admin:delegations_party_name", _keys(party), {"person": free.pk})
    asked = {"row": other.pk, "category": head.category_id}
    yield Look("admin:delegations_membership_move", asked=asked)
    yield Look("admin:summit_person_accounts", asked={"row": head.person_id})
    subject_access.ask(person=head.person, by=User.objects.get(name="organiser"))
    yield Look("admin:summit_person_agree_hand_over", {"pk": head.person_id})
    known = f.PersonFactory(summit=here, user=f.UserFactory())
    yield Look("admin:summit_person_take_accounts", asked={"row": known.pk})
    waits = _usual(world, declared()["admin:delegations_handover_decide"])
    yield from (waits, Look(waits.page, waits.values, {"do": "drop"}))
    yield Look("admin:delegations_handover_waiting", asked={"summit": here.slug})
    usual = _usual(world, declared()["portal:person_edit"])
    for section in SECTIONS:
        yield Look(usual.page, {**usual.values, "section": section})
    # Who has accepted is listed.
    f.InvitationFactory(party__summit=here, answered=True)
    yield Look("admin:delegations_participantlist_prepare", {"slug": here.slug})
    Summit.objects.filter(pk=world.there.pk).update(paused_at=db_now())
    yield Look("admin:summit_resume", {"slug": world.there.slug})


def _files(world: World) -> Iterator[Look]:
    """Yield what is read by a worker or goes on in one, and webhooks, in each of their states."""
    here, user = world.here, User.objects.get(name="organiser")
    for page, make in (
        ("delegations_delegationimportfile", f.DelegationImportFileFactory),
        ("agenda_scheduleimportfile", f.ScheduleImportFileFactory),
        ("press_speechimportfile", f.SpeechImportFileFactory),
    ):
        for more in ({}, {"report": ""}, DONE):
            yield Look(f"admin:{page}_change", _keys(make(summit=here, **more)))
    for more in ({}, DONE):
        mine = f.DelegationImportFileFactory(summit=here, party_key=world.own.public_id, **more)
        yield Look("portal:people_sheet", {"public_id": mine.party_key, "sheet": mine.public_id})
    # One that asks something.
    asks = f"party,formal name\n{world.own.name},Called otherwise\n".encode()
    kept = services.store(summit=here, kind="parties", filename="x.csv", content=asks, by=SYSTEM)
    yield Look("admin:delegations_delegationimportfile_change", _keys(kept))
    for state, ended in (("waiting", None), ("cancelled", ago(1))):
        made = Job.objects.create(
            kind="verify_audit", key=state, by=user, summit=here, state=state, finished_at=ended
        )
        yield Look("admin:jobs_job", _keys(made))
    # One that has an address, which can be taken back.
    yield Look("admin:agenda_screen_change", _keys(f.ScreenFactory(summit=here, digest="c" * 64, opened_at=f.START)))
    for more in ({}, {"enabled": False, "off_at": ago(1), "off_why": "hand"}):
        yield Look("admin:webhooks_endpoint_change", _keys(f.EndpointFactory(summit=here, **more)))


def _keys(found: Model) -> dict[str, Any]:
    return dict(row(found))


NAMED = "*[self::input or self::select or self::textarea or self::button][@name]"
# What stands once for each of several rows is one field: `slots-0-party` is `slots[].party`, `minutes-17` is
# `minutes[]`; a moment's date and its time are two parts of one.
ROWS = re.compile(r"^(\w+)-(?:\d+|__prefix__)-(\w+)$")
NUMBERED = re.compile(r"-(?:\w{16}|\d+)$")
PARTS = re.compile(r"_[01]$")
VARIABLE = re.compile(r"{\w+}")


def field_of(name: str) -> str:
    """Return what a field is called, whatever row of the page it belongs to."""
    if found := ROWS.match(name):
        return f"{found.group(1)}[].{found.group(2)}"
    return PARTS.sub("", NUMBERED.sub("[]", name))


def forms_of(page: bytes, path: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the name of the route to which each form of a page posts, or a button of it, with its fields."""
    root = html.fromstring(page)
    for form in root.iter("form"):
        if form.get("method", "").lower() != "post":
            continue
        own = [each for each in form.xpath(f".//{NAMED}") if each.get("form") in (None, form.get("id"))]
        if form.get("id"):
            own += root.xpath(f"//{NAMED}[@form=$form]", form=form.get("id"))
        actions = [form.get("action") or path, *form.xpath(".//@formaction")]
        for action in actions:
            yield route_of(urljoin(path, action)), {field_of(each.get("name")) for each in own}


def route_of(address: str) -> str:
    """Return the name of an address's route, or "" where it is no route."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""


def described() -> Any:
    return json.loads(Client().get("/api/v1/schema/?format=json", HTTP_HOST="localhost").content)


def inputs_of(description: Any) -> dict[str, dict[str, frozenset[str]]]:
    """Return what each operation takes, by the name of its route and its method. What stands in an object, or in each
    of a list, follows its name: `rows[].email`."""
    found: defaultdict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    for address, methods in description["paths"].items():
        name = route_of(VARIABLE.sub("1", address))
        for method, operation in methods.items():
            contents = operation.get("requestBody", {}).get("content", {}).values() if method != "parameters" else ()
            taken = {each for content in contents for each in _names(content["schema"], description, "")}
            found[name][method.upper()] = frozenset(taken)
    return found


def _names(schema: Any, description: Any, before: str) -> Iterator[str]:
    if "$ref" in schema:
        schema = description["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    for way in ("oneOf", "anyOf", "allOf"):
        for each in schema.get(way, ()):
            yield from _names(each, description, before)
    for name, inner in schema.get("properties", {}).items():
        yield before + name
        yield from _names(inner, description, f"{before}{name}.")
    for inner in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(inner, dict):
            yield from _names(inner, description, f"{before[:-1]}[].")
