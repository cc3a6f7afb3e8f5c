"""A program that knows the description alone runs a summit: a client is generated from it, with types, and does the
main job by it, from creating the summit to what the public reads. It opens no connection: it asks the application."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from summit.api_base import token_services
from summit.api_base.scopes import all_scopes
from summit.people.models import Person
from summit.users.models import User
from tests.connections import unclosed
from tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.once,
    pytest.mark.broad("it generates a client from the whole description"),
]
# Nothing is run on what was generated: it is written as it comes.
CONFIG = "post_hooks: []\n"
START = datetime(2030, 6, 3, 9, tzinfo=ZoneInfo("Europe/London"))


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    place = tmp_path_factory.mktemp("client")
    (place / "config.yml").write_text(CONFIG)
    call_command("spectacular", "--format", "openapi-json", "--file", str(place / "openapi.json"))
    made = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"),
            *("--path", str(place / "openapi.json"), "--config", str(place / "config.yml")),
            *("--output-path", str(place / "summit_client")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    sys.path.insert(0, str(place))
    yield "summit_client"
    sys.path.remove(str(place))
    for name in [name for name in sys.modules if name.split(".")[0] == "summit_client"]:
        del sys.modules[name]


class Client:
    """What the generated package does, by the names of its operations and models."""

    def __init__(self, package: str, user: User | None) -> None:
        self.package = package
        transport = httpx.WSGITransport(app=get_wsgi_application())
        more = {"base_url": "http://testserver", "httpx_args": {"transport": transport}}
        module = importlib.import_module(f"{package}.client")
        if user is None:
            self.http = module.Client(**more)
        else:
            secret = token_services.make(by=user, name="Registry", scopes=all_scopes()).secret
            self.http = module.AuthenticatedClient(token=secret, **more)

    def model(self, of: str, /, **values: Any) -> Any:
        """Return a body of a kind, as a program receives it from elsewhere."""
        return getattr(importlib.import_module(f"{self.package}.models"), of).from_dict(values)

    def ask(self, operation: str, *args: str, **more: Any) -> Any:
        """Return what an operation answers, as the package has read it."""
        found = self.operation(operation).sync_detailed(*args, client=self.http, **more)
        assert found.status_code < 300, found.content.decode()
        return found.parsed

    def operation(self, name: str) -> ModuleType:
        """Return the module of an operation, in whichever group it is."""
        root = Path(str(importlib.import_module(self.package).__path__[0]))
        (path,) = root.glob(f"api/*/{name}.py")
        return importlib.import_module(f"{self.package}.api.{path.parent.name}.{name}")


@pytest.fixture
def lasting() -> Iterator[None]:
    """The end of a request closes no connection of this test."""
    with unclosed():
        yield


def create(client: Client, **team: str) -> None:
    body = client.model(
        "SummitInput",
        **{"slug": "rivers", "name": "Summit on Rivers", "short_name": "Rivers", "host": "The host", "place": "Wien"},
        **{"starts_on": "2030-06-03", "ends_on": "2030-06-04", "time_zone": "Europe/Vienna"},
        **{"contact_email": "desk@host.example", "public": True},
    )
    made = client.ask("add_summits", body=body)
    assert (made.slug, made.starts_on) == ("rivers", date(2030, 6, 3))
    for role, email in team.items():
        client.ask("add_roles", "rivers", body=client.model("RoleInput", email=email, role=role))


def invite(client: Client) -> tuple[Any, Any]:
    names = {"name": "Norway", "formal_name": "the Kingdom of Norway", "sort_key": "Norway", "iso_code": "NO"}
    more = {"mission_email": "mission@no.example", "external_ids": {"registry": "578"}}
    party = client.ask("add_parties", "rivers", body=client.model("PartyInput", **names, **more))
    body = client.model("PersonInput", party=party.id, name="Kari Nordmann", email="kari@no.example")
    person = client.ask("add_people", "rivers", body=body)
    client.ask("add_focal_points", "rivers", body=client.model("FocalPointInput", party=party.id, person=person.id))
    one = client.model("PartiesInput", parties=[party.id])
    client.ask("invite_invitations", "rivers", body=one)
    client.ask("approve_invitations", "rivers", body=one)
    client.ask("send_invitations", "rivers", body=client.model("SendInput", parties=[party.id]))
    (invitation,) = client.ask("list_invitations", "rivers").results
    assert (invitation.state, invitation.party) == ("sent", party.id)
    assert client.ask("get_parties", "rivers", "ext:registry:578").id == party.id
    return invitation, person


def plan_and_release(client: Client, speaker: str) -> Any:
    """Plan a public session with a speech, look at what a release would change, and release it."""
    venue = client.ask("add_venues", "rivers", body=client.model("VenueInput", name="House"))
    room = client.ask("add_rooms", "rivers", body=client.model("RoomInput", venue=venue.id, name="Hall", capacity=90))
    times = {"starts_at": START.isoformat(), "ends_at": (START + timedelta(hours=1)).isoformat()}
    of = {"kind": "plenary", "title": "Opening", "room": room.id, "visibility": "public"}
    session = client.ask("add_sessions", "rivers", body=client.model("SessionInput", **of, **times))
    client.ask("add_slots", "rivers", body=client.model("SlotInput", session=session.id, speaker=speaker))
    preview = client.ask("preview_releases", "rivers", body=client.model("PreviewInput"))
    body = client.model("ReleaseInput", expected=preview.expected, note="The first")
    client.ask("release_releases", "rivers", body=body)
    return session


def publish(officer: Client, approver: Client) -> Any:
    words = {"title": "On rivers", "body": "Rivers know no borders."}
    sent = officer.model("TextInput", kind="statement", language="en", slug="rivers", **words)
    text = officer.ask("add_texts", "rivers", body=sent)
    (edition,) = officer.ask("list_editions", "rivers").results
    officer.ask("submit_one_of_editions", "rivers", edition.id)
    approver.ask("approve_one_of_editions", "rivers", edition.id, body=approver.model("NoteInput"))
    (embargo,) = officer.ask("list_lifts", "rivers").results
    officer.ask("release_now_one_of_lifts", "rivers", embargo.id)
    return text


def test_a_program_that_knows_the_description_alone_runs_a_summit(generated: str, lasting: None) -> None:
    team = {"organiser": "o@host.example", "press_officer": "p@host.example", "press_approver": "a@host.example"}
    create(Client(generated, UserFactory(is_superuser=True)), **team)
    organiser, officer, approver = (Client(generated, User.objects.get(email=email)) for email in team.values())

    invitation, person = invite(organiser)
    row = Person.objects.get(public_id=person.id)
    row.user = UserFactory()
    row.save()
    focal = Client(generated, row.user)
    body = focal.model("AnswerInput", answer="attending", level="minister", name="Kari Nordmann")
    focal.ask("answer_one_of_invitations", "rivers", invitation.id, body=body)
    assert organiser.ask("get_invitations", "rivers", invitation.id).answer == "attending"

    session = plan_and_release(organiser, person.id)
    text = publish(officer, approver)

    anybody = Client(generated, None)
    (shown,) = anybody.ask("summits_agenda_list", "rivers").results
    assert (shown.id, shown.title, shown.starts_at) == (session.id, "Opening", START)
    (published,) = anybody.ask("summits_texts_list", "rivers").results
    assert (published.slug, published.title) == (text.slug, "On rivers")
