"""Two who edit one session at once: the second is shown what the first has changed, and nothing of either is lost.
Many rows of a session have pages of their own."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from delegations.parties.models.parties import Party
from sessions.documents.services import documents
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move
from sessions.draft.services.revisions import SessionEditConflict
from sessions.overview.admin import session_edit_conflicts
from sessions.overview.admin.long_rows import ROWS_IN_FORM, LeftOut
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in
from tests.delegations.helpers import refuses, sign_in
from tests.module_fixtures import once_a_module
from tests.sessions.documents.test_documents import paper
from tests.sessions.overview.test_admin import LIST, values
from tests.sessions.overview.test_session_detail import section

pytestmark = pytest.mark.django_db


def desk(summit: Summit, name: str) -> Client:
    return signed_in(f.UserFactory.with_role(Role.PROGRAMME, summit, name=name))


def change(row: Session) -> str:
    return f"{LIST}{row.pk}/change/"


def carried(response: Any) -> str:
    """Return what a page carries of the state that it showed."""
    found = re.search(r'name="shown" value="([^"]*)"', response.content.decode())
    assert found
    return html.unescape(found.group(1))


def make(summit: Summit) -> Session:
    return f.SessionFactory(summit=summit, kind="plenary", title="Opening", visibility="public")


def form_of(row: Session, *participants: Participant, **changed: Any) -> dict[str, Any]:
    """Return what the form of a session sends: its values, and rows of participants."""
    found = values(summit=row.summit_id, **changed)
    found |= {f"participants-{name}_FORMS": str(len(participants)) for name in ("TOTAL", "INITIAL")}
    for place, each in enumerate(participants):
        own = {"id": each.pk, "session": row.pk, "position": each.position, "role": each.role}
        own |= {"level": "", "person": "", "category": "", "party": each.party_id or ""}
        found |= {f"participants-{place}-{name}": value for name, value in own.items()}
    return found


def told(response: Any) -> list[tuple[str, str, str, str, str]]:
    changes = [(each.change, each.who) for each in response.context["meanwhile"]]
    return [(change.label, change.was, change.now, change.yours, who) for change, who in changes]


class World:
    """A session that two have opened, and what their pages carry."""

    def __init__(self) -> None:
        self.summit = summit = f.SummitFactory()
        self.row = make(summit)
        self.parties = [f.PartyFactory(summit=summit, name=name) for name in ("Aland", "Beland", "Celand", "Deland")]
        self.rows = [
            f.ParticipantFactory(session=self.row, party=party, position=place)
            for place, party in enumerate(self.parties[:2])
        ]
        self.shown = carried(desk(summit, "Cid Example").get(change(self.row)))

    def sent(self, **changed: Any) -> dict[str, Any]:
        """Return what is sent from a page that nobody has touched but for some values."""
        return form_of(self.row, *self.rows, **{"shown": self.shown, **changed})

    def stands(self, *names: str) -> tuple[Any, ...]:
        self.row.refresh_from_db()
        return tuple(getattr(self.row, name) for name in names)


@once_a_module
def world() -> World:
    return World()


@pytest.fixture
def ann(world: World) -> Client:
    return desk(world.summit, "Ann Example")


@pytest.fixture
def ben(world: World) -> Client:
    return desk(world.summit, "Ben Example")


def added(party: Party, position: int) -> dict[str, Any]:
    """Return what a form sends of a third participant."""
    row = {"role": "participant", "party": party.pk, "position": position}
    return {"participants-TOTAL_FORMS": "3", **{f"participants-2-{name}": value for name, value in row.items()}}


@pytest.mark.slow("opens and saves the page of a session several times")
def test_the_second_is_shown_the_firsts_changes_and_nothing_of_either_is_lost(
    world: World, ann: Client, ben: Client
) -> None:
    new, other = world.parties[2:]
    assert ben.post(change(world.row), world.sent()).status_code == 302
    first = world.sent(title="Grand opening", media="open") | added(new, 5)
    first |= {"participants-1-DELETE": "on", "participants-0-level": "head"}
    assert ann.post(change(world.row), first).status_code == 302
    second = world.sent(title="Solemn opening", summary="With music.") | added(other, 6)
    response = ben.post(change(world.row), second)
    assert response.status_code == 200
    assert told(response) == [
        ("Title", "Opening", "Grand opening", "Solemn opening", "Ann Example"),
        ("Media", "closed to the media", "open to the media", "", "Ann Example"),
        ("Participant", "participant, Aland", "participant, Aland, head only", "", "Ann Example"),
        ("Participant", "participant, Beland", "row removed", "", "Ann Example"),
        ("Participant", "–", "participant, Celand", "", "Ann Example"),
    ]
    assert world.stands("title", "summary", "revision") == ("Grand opening", "", 1)
    # What is on the page now is what both have typed: saved, it is on top of what the first has saved.
    form = response.context["adminform"].form
    assert [form[name].value() for name in ("title", "summary", "media")] == ["Solemn opening", "With music.", "open"]
    rows = response.context["inline_admin_formsets"][2].formset.data.items()
    again = second | {key: value for key, value in rows if key.startswith("participants-")}
    again |= {"media": "open", "shown": carried(response)}
    assert ben.post(change(world.row), again).status_code == 302
    saved = ("Solemn opening", "With music.", "open", 2)
    assert world.stands("title", "summary", "media", "revision") == saved
    standing = world.row.participants.order_by("position", "pk").values_list("party__name", "level")
    assert list(standing) == [("Aland", "head"), ("Celand", ""), ("Deland", "")]


def test_control_without_the_look_the_first_would_be_lost(
    world: World, ann: Client, ben: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_edit_conflicts.TogetherMixin, "compare", lambda *args: None)
    assert ann.post(change(world.row), world.sent(media="open")).status_code == 302
    assert ben.post(change(world.row), world.sent(summary="With music.")).status_code == 302
    assert world.stands("media", "summary") == ("closed", "With music.")


def test_the_second_hears_of_a_cancellation_and_of_documents(world: World, ben: Client) -> None:
    by = f.UserFactory.with_role(Role.ORGANISER, world.summit)
    documents.add(session=world.row, paper=paper(), by=by)
    cancel_and_move.cancel(session=world.row, by=by)
    response = ben.post(change(world.row), world.sent(title="Solemn"))
    assert [entry[:4] for entry in told(response)] == [
        ("State", "scheduled", "cancelled", ""),
        ("Documents", "–", "Brief", ""),
    ]


def test_a_pinned_session_moves_after_asking(world: World, ann: Client) -> None:
    Session.objects.filter(pk=world.row.pk).update(pinned=True)
    (before,) = world.stands("starts_at")
    sent = world.sent(shown="", pinned="on", starts_at_1="09:30")
    page = ann.post(change(world.row), sent).content.decode()
    assert "Move this pinned session" in page
    assert "This session is pinned. Tick the box" in page
    assert world.stands("starts_at") == (before,)
    assert ann.post(change(world.row), {**sent, "move_pinned": "on"}).status_code == 302
    assert world.stands("starts_at") == (before + timedelta(minutes=30),)


def test_edits_of_the_domain_look_as_well(world: World) -> None:
    row, by = world.row, f.UserFactory.with_role(Role.ORGANISER, world.summit)
    Session.objects.filter(pk=row.pk).update(pinned=True)
    later = {"starts_at": row.starts_at, "ends_at": row.ends_at + timedelta(hours=1), "room": None}
    refuses(cancel_and_move.Pinned, cancel_and_move.move, session=row, by=by, match="This session is pinned", **later)
    cancel_and_move.move(session=row, by=by, despite_pin=True, expected=0, **later)
    changed = "Someone has changed this session"
    refuses(SessionEditConflict, cancel_and_move.cancel, session=row, by=by, expected=0, match=changed)
    again = {"despite_pin": True, "expected": 0, **later}
    refuses(SessionEditConflict, cancel_and_move.move, session=row, by=by, match=changed, **again)
    assert cancel_and_move.cancel(session=row, by=by, expected=1) is True


# --- Many rows have pages of their own ----------------------------------------------------------------------------
def prefixes(response: Any) -> set[str]:
    return {each.formset.prefix for each in response.context["inline_admin_formsets"]}


def participants(row: Session, number: int) -> list[Participant]:
    return [f.ParticipantFactory(session=row, party=f.PartyFactory(summit=row.summit)) for _each in range(number)]


def test_rows_beyond_a_few_are_edited_on_their_own_pages(summit: Summit) -> None:
    row, client = make(summit), desk(summit, "Ann Example")
    participants(row, ROWS_IN_FORM)
    f.SlotFactory.create_batch(ROWS_IN_FORM, session=row)
    assert prefixes(client.get(change(row))) == {"texts", "interpretation", "participants", "slots"}
    participants(row, 1)
    f.SlotFactory(session=row)
    response = client.get(change(row))
    assert prefixes(response) == {"texts", "interpretation"}
    speakers = reverse("admin:agenda_session_speakers", args=[row.pk])
    left_out = [LeftOut("4 participants", section(row, "participants")), LeftOut("4 speeches", speakers)]
    assert response.context["left_out"] == left_out
    assert prefixes(client.get(section(row, "participants"))) == {"participants"}
    reader = sign_in(summit, Role.VIEWER).get(change(row))
    assert prefixes(reader) >= {"participants", "slots"}
    without = {name: value for name, value in form_of(row, title="Closing").items() if "participants-" not in name}
    assert client.post(change(row), without).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.participants.count()) == ("Closing", ROWS_IN_FORM + 1)


def test_rows_of_a_form_are_saved_though_others_were_added_since(summit: Summit) -> None:
    row = make(summit)
    shown = participants(row, ROWS_IN_FORM)
    posted = form_of(row, *shown, title="Opening") | {"participants-0-role": "chair"}
    participants(row, 1)
    assert desk(summit, "Ann Example").post(change(row), posted).status_code == 302
    shown[0].refresh_from_db()
    assert (shown[0].role, row.participants.count()) == ("chair", ROWS_IN_FORM + 1)
