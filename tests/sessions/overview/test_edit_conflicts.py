"""Two who edit one session at once: the second is shown what the first has changed, and nothing of either is lost."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from sessions.documents.services import documents
from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.draft.services import cancel_and_move, revisions
from sessions.overview.admin import session_edit_conflicts
from summit.admin_base import edit_conflicts as edit_conflicts_admin_base
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import ParticipantFactory, PartyFactory, SessionFactory, SummitFactory, UserFactory
from tests.sessions.documents.test_documents import paper
from tests.sessions.overview.test_admin import LIST, values
from tests.threads import at_once, meet_after

SHOWN = re.compile(r'name="shown" value="([^"]*)"')


def desk(summit: Summit, name: str) -> Client:
    user = UserFactory.with_role(Role.PROGRAMME, summit)
    User.objects.filter(pk=user.pk).update(name=name)
    return signed_in(user)


def page_of(client: Client, row: Session) -> str:
    return client.get(f"{LIST}{row.pk}/change/").content.decode()


def carried(page: str) -> str:
    found = SHOWN.search(page)
    assert found
    return html.unescape(found.group(1))


def make(summit: Summit) -> Session:
    return SessionFactory(summit=summit, kind="plenary", title="Opening", visibility="public")


def form_of(row: Session, *participants: Participant, **changed: Any) -> dict[str, Any]:
    found = values(summit=row.summit_id, **changed)
    found |= {
        "participants-TOTAL_FORMS": str(len(participants)),
        "participants-INITIAL_FORMS": str(len(participants)),
    }
    for place, each in enumerate(participants):
        start = f"participants-{place}-"
        found |= {f"{start}{name}": "" for name in ("level", "person", "category", "party")}
        found |= {f"{start}id": each.pk, f"{start}session": row.pk, f"{start}position": each.position}
        found |= {f"{start}role": each.role, f"{start}party": each.party_id or ""}
    return found


def told(response: Any) -> list[tuple[str, str, str, str, str]]:
    return [
        (each.change.label, each.change.was, each.change.now, each.change.yours, each.who)
        for each in response.context["meanwhile"]
    ]


@pytest.fixture
def room(summit: Summit) -> tuple[Session, Client, Client]:
    return make(summit), desk(summit, "Ann Example"), desk(summit, "Ben Example")


@pytest.mark.django_db
class TestSecond:
    def test_is_shown_the_firsts_changes_and_keeps_what_was_typed(self, room: tuple[Session, Client, Client]) -> None:
        row, ann, ben = room
        path = f"{LIST}{row.pk}/change/"
        seen = carried(page_of(ann, row))
        assert seen == carried(page_of(ben, row))
        first = form_of(row, shown=seen, title="Grand opening", media="open")
        assert ann.post(path, first).status_code == 302
        second = form_of(row, shown=seen, title="Solemn opening", summary="With music.")
        response = ben.post(path, second)
        assert response.status_code == 200
        assert told(response) == [
            ("Title", "Opening", "Grand opening", "Solemn opening", "Ann Example"),
            ("Media", "closed to the media", "open to the media", "", "Ann Example"),
        ]
        row.refresh_from_db()
        assert (row.title, row.summary, row.revision) == ("Grand opening", "", 1)
        # What is on the page now is what both have typed: saved, it is on top of what the first has saved.
        shown = response.context["adminform"].form
        assert {name: shown[name].value() for name in ("title", "summary", "media")} == {
            "title": "Solemn opening",
            "summary": "With music.",
            "media": "open",
        }
        again = {**second, "media": "open", "shown": carried(response.content.decode())}
        assert ben.post(path, again).status_code == 302
        row.refresh_from_db()
        assert (row.title, row.summary, row.media, row.revision) == ("Solemn opening", "With music.", "open", 2)

    def test_control_without_the_look_the_first_would_be_lost(
        self, room: tuple[Session, Client, Client], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(session_edit_conflicts.TogetherMixin, "compare", lambda *args: None)
        row, ann, ben = room
        path = f"{LIST}{row.pk}/change/"
        seen = carried(page_of(ann, row))
        assert ann.post(path, form_of(row, shown=seen, media="open")).status_code == 302
        assert ben.post(path, form_of(row, shown=seen, summary="With music.")).status_code == 302
        row.refresh_from_db()
        assert (row.media, row.summary) == ("closed", "With music.")

    def test_rows_of_both_stand(self, room: tuple[Session, Client, Client], summit: Summit) -> None:
        row, ann, ben = room
        path = f"{LIST}{row.pk}/change/"
        kept, gone = (
            ParticipantFactory(session=row, party=PartyFactory(summit=summit, name=name), position=place)
            for place, name in enumerate(("Aland", "Beland"))
        )
        new, other = (PartyFactory(summit=summit, name=name) for name in ("Celand", "Deland"))
        seen = carried(page_of(ben, row))
        first = form_of(row, kept, gone, shown=seen)
        first |= {"participants-1-DELETE": "on", "participants-0-level": "head", "participants-TOTAL_FORMS": "3"}
        first |= {
            "participants-2-role": "participant",
            "participants-2-party": new.pk,
            "participants-2-position": "5",
        }
        assert ann.post(path, first).status_code == 302
        second = form_of(row, kept, gone, shown=seen)
        second |= {"participants-TOTAL_FORMS": "3", "participants-2-role": "participant"}
        second |= {"participants-2-party": other.pk, "participants-2-position": "6"}
        response = ben.post(path, second)
        assert told(response) == [
            ("Participant", "participant, Aland", "participant, Aland, head only", "", "Ann Example"),
            ("Participant", "participant, Beland", "row removed", "", "Ann Example"),
            ("Participant", "–", "participant, Celand", "", "Ann Example"),
        ]
        shown = response.context["inline_admin_formsets"][2].formset
        again = {**second, **{key: value for key, value in shown.data.items() if key.startswith("participants-")}}
        again["shown"] = carried(response.content.decode())
        assert ben.post(path, again).status_code == 302
        standing = Participant.objects.filter(session=row).order_by("position", "pk")
        assert [(each.party.name, each.level) for each in standing if each.party] == [
            ("Aland", "head"),
            ("Celand", ""),
            ("Deland", ""),
        ]

    def test_hears_of_a_cancellation_and_of_documents(self, room: tuple[Session, Client, Client]) -> None:
        row, _ann, ben = room
        organiser = UserFactory.with_role(Role.ORGANISER, row.summit)
        seen = carried(page_of(ben, row))
        documents.add(session=row, paper=paper(), by=organiser)
        cancel_and_move.cancel(session=row, by=organiser)
        response = ben.post(f"{LIST}{row.pk}/change/", form_of(row, shown=seen, title="Solemn"))
        assert [entry[:4] for entry in told(response)] == [
            ("State", "scheduled", "cancelled", ""),
            ("Documents", "–", "Brief", ""),
        ]

    def test_same_change_and_a_mangled_page_are_no_matter(self, room: tuple[Session, Client, Client]) -> None:
        row, ann, ben = room
        path = f"{LIST}{row.pk}/change/"
        seen = carried(page_of(ann, row))
        assert ann.post(path, form_of(row, shown=seen)).status_code == 302
        assert ben.post(path, form_of(row, shown=seen, title="Other")).status_code == 302
        for mangled in ("", "{", "[]", '{"fields": 3}', '{"fields": {"title": {"": 4}}}'):
            assert edit_conflicts_admin_base.unpacked(mangled) is None
        assert ben.post(path, form_of(row, shown="{")).status_code == 302


@pytest.mark.django_db
def test_a_pinned_session_moves_after_asking(summit: Summit) -> None:
    row, client = make(summit), desk(summit, "Ann Example")
    path = f"{LIST}{row.pk}/change/"
    Session.objects.filter(pk=row.pk).update(pinned=True)
    sent = form_of(row, pinned="on", starts_at_1="09:30")
    response = client.post(path, sent)
    assert "Move this pinned session" in response.content.decode()
    assert "This session is pinned. Tick the box" in response.content.decode()
    row.refresh_from_db()
    before = row.starts_at
    assert client.post(path, {**sent, "move_pinned": "on"}).status_code == 302
    row.refresh_from_db()
    assert row.starts_at == before + timedelta(minutes=30)
    # What leaves time and room alone asks nothing.
    assert client.post(path, {**sent, "title": "Other"}).status_code == 302


@pytest.mark.django_db
def test_edits_of_the_domain_look_as_well(summit: Summit, organiser: User) -> None:
    row = make(summit)
    Session.objects.filter(pk=row.pk).update(pinned=True)
    later = {"starts_at": row.starts_at, "ends_at": row.ends_at + timedelta(hours=1), "room": None}
    with pytest.raises(cancel_and_move.Pinned, match="This session is pinned"):
        cancel_and_move.move(session=row, by=organiser, **later)
    cancel_and_move.move(session=row, by=organiser, despite_pin=True, expected=0, **later)
    for action in (
        lambda: cancel_and_move.cancel(session=row, by=organiser, expected=0),
        lambda: cancel_and_move.move(session=row, by=organiser, despite_pin=True, expected=0, **later),
    ):
        with pytest.raises(revisions.SessionEditConflict, match="Someone has changed this session"):
            action()
    assert cancel_and_move.cancel(session=row, by=organiser, expected=1) is True


def race(monkeypatch: pytest.MonkeyPatch) -> tuple[list[int], Session]:
    """Save two changes of one page at the same moment; return what came of each, and what stands."""
    summit = SummitFactory()
    row, ann, ben = make(summit), desk(summit, "Ann Example"), desk(summit, "Ben Example")
    seen = carried(page_of(ann, row))
    # Both have found the session as it was before either saves, unless one waits for the other.
    meet_after(monkeypatch, session_edit_conflicts.TogetherMixin, "compare")

    def save(client: Client, **changed: str) -> int:
        return client.post(f"{LIST}{row.pk}/change/", form_of(row, shown=seen, **changed)).status_code

    came = at_once(lambda: save(ann, media="open"), lambda: save(ben, summary="With music."))
    row.refresh_from_db()
    return sorted(came), row


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_saves_and_one_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    came, row = race(monkeypatch)
    assert came == [200, 302]
    assert ((row.media, row.summary), row.revision) in (
        (("open", ""), 1),
        (("closed", "With music."), 1),
    )


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_one_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sessions.draft.services.agenda_lock.lock", lambda summit: None)
    came, row = race(monkeypatch)
    assert came == [302, 302]
    assert (row.media, row.summary) != ("open", "With music.")
