"""Answers: which states take one, who may give it until when; each is kept as it came, with its paper, and undone."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection

from delegations.core.errors import NotNow
from delegations.invitations.models.invitations import (
    TRANSITIONS,
    Channel,
    Invitation,
    InvitationLink,
    InvitationState,
    Reply,
    ReplyScan,
)
from delegations.invitations.selectors.taking_part import has_accepted
from delegations.invitations.services import answers, drafts_and_approval, invitations, scanned_answers
from delegations.invitations.services.answers import (
    AnswerOutdated,
    AnswerProblem,
    AnswerReceipt,
    AnswerRefused,
    answer,
)
from delegations.invitations.services.scanned_answers import Scan, ScanProblem, read
from delegations.invitations.state_machine import sources
from delegations.parties.models.parties import Party
from delegations.parties.models.policy import Policy
from summit.audit.models import AuditEntry
from summit.audit.services import SYSTEM, Link, Mailbox
from summit.core.database_clock import db_now
from summit.outbox.models.messages import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.undo import services as undo
from summit.undo.kinds import UndoRefused
from summit.undo.models import UndoOffer
from summit.users.models import User
from summit.webhooks.models.deliveries import Delivery
from tests import factories as f
from tests.delegations.helpers import refuses
from tests.delegations.invitations.conftest import desk, give, in_state
from tests.pictures import jpeg, png
from tests.threads import at_once, meet_after, names

pytestmark = pytest.mark.django_db


def send(row: Invitation) -> None:
    # Elsewhere sending approves what isn't approved yet, in the same action.
    Policy.objects.create(summit=row.party.summit, second_person=True)
    invitations.invite(parties=[row.party], by=desk(row))


# What brings an invitation into each state.
ACTIONS: dict[str, Callable[[Invitation], Any]] = {
    InvitationState.DRAFT: lambda row: drafts_and_approval.reopen(invitation=row, by=desk(row)),
    InvitationState.APPROVED: lambda row: drafts_and_approval.approve(invitation=row, by=desk(row)),
    InvitationState.SUPERSEDED: lambda row: drafts_and_approval.supersede(invitation=row, by=desk(row)),
    InvitationState.SENT: send,
    InvitationState.ANSWERED: lambda row: give(row, desk(row), way=AnswerReceipt("telephone")),
    InvitationState.REVOKED: lambda row: invitations.revoke(invitation=row, by=desk(row)),
}


class TestTransitions:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(InvitationState.values)
        assert set().union(*TRANSITIONS.values()) == set(ACTIONS)

    @pytest.mark.parametrize("target", ACTIONS)
    def test_each_pair_does_what_the_table_says(self, target: str) -> None:
        for state in InvitationState.values:
            row = in_state(state)
            allowed = target in TRANSITIONS[state]
            assert (state in sources(target)) == allowed
            try:
                ACTIONS[target](row)
            except (AnswerRefused, ValueError):
                assert not allowed, state
            assert Invitation.objects.get(pk=row.pk).state == (target if allowed else state), state


class TestAnswer:
    def test_it_is_stored_and_recorded_without_personal_values(self, row: Invitation, link: Link) -> None:
        give(row, link, answer="regrets", note=" Our\r\nregrets ", name="  A.\n Example ")
        stored = Invitation.objects.get()
        assert (stored.state, stored.answer, stored.note) == ("answered", "regrets", "Our\nregrets")
        assert (stored.answered_by, row.answered_by, row.state) == ("A. Example", "A. Example", "answered")
        assert abs(stored.answered_at - db_now()) < timedelta(minutes=1)  # type: ignore[operator]
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.by, entry.by_label) == ("delegations.answer", None, str(link))
        assert (entry.object_key, entry.detail) == (row.public_id, {"answer": "regrets", "channel": "link"})
        assert entry.fields == ["answer", "answered_at", "answered_by", "level", "note", "state"]

    def test_what_is_entered_is_looked_at(self, row: Invitation) -> None:
        for field, value, said in (
            ("answer", "", "Choose whether the delegation will attend."),
            ("answer", "maybe", "Choose whether the delegation will attend."),
            ("name", " \n ", "Enter the name of the person who answered."),
            ("name", "x" * 201, "Shorten this text to 200 characters. It has 201."),
            ("note", "x" * 2001, "Shorten this text to 2000 characters. It has 2001."),
            ("note", "a\x07", "Character 2 is a control character and can’t be printed. Remove it."),
        ):
            problem = refuses(AnswerProblem, give, row, **{field: value})
            assert (problem.field, str(problem)) == (field, said)
        assert Invitation.objects.get().state == "sent"

    def test_what_does_not_stand_takes_none(self) -> None:
        not_yet = "{} is not invited yet. Contact protocol: protocol@host.example."
        newer = "A newer letter replaced this invitation. Answer by its link, or write to protocol@host.example."
        revoked = "The invitation to {} was revoked. To find out why, contact protocol: protocol@host.example."
        for state, said in (
            *(("approved", not_yet), ("draft", not_yet), ("superseded", newer), ("revoked", revoked)),
        ):
            row = in_state(state)
            assert str(refuses(AnswerRefused, give, row)) == said.format(row.party.name)
        assert (Invitation.objects.exclude(answer="").count(), AuditEntry.objects.count()) == (0, 0)


class TestWithoutALetter:
    """An embassy telephones, whether or not a letter was sent."""

    def test_a_desk_records_the_answer_of_who_has_no_invitation(self, party: Party, protocol: User) -> None:
        f.InvitationFactory(party=party, state="revoked")
        with undo.grouped() as act:
            reply = recorded(party, protocol, level="vice_minister", way=AnswerReceipt("telephone"))
        assert act.offer is not None
        row = Invitation.objects.get(state="answered")
        assert (reply.invitation, row.party, row.level, row.sent_at) == (row, party, "vice_minister", None)
        assert (row.number, row.prepared_by, Message.objects.count()) == (None, protocol, 0)
        assert party in has_accepted()
        undo.undo(public_id=act.offer.public_id, by=protocol)
        row.refresh_from_db()
        assert (row.state, row.answer, party in has_accepted()) == ("draft", "", False)

    def test_undone_after_its_letter_it_awaits_the_answer(self, party: Party, protocol: User) -> None:
        reply = recorded(party, protocol, way=AnswerReceipt("telephone"))
        invitations.write_anew(invitation=reply.invitation, by=protocol)
        answers.take_back(reply=reply, before="draft", by=protocol)
        assert Invitation.objects.get().state == "sent"

    def test_it_belongs_to_the_invitation_that_was_stored_meanwhile(self, party: Party, protocol: User) -> None:
        invitations.invite(parties=[party], by=protocol)
        recorded(party, protocol, way=AnswerReceipt("telephone"))
        assert [row.state for row in Invitation.objects.filter(party=party)] == ["answered"]

    def test_nobody_else_and_nothing_of_the_host(self, party: Party, protocol: User) -> None:
        with pytest.raises(PermissionDenied):
            recorded(party, f.UserFactory())
        host = f.PartyFactory(summit=party.summit, is_host=True)
        said = refuses(AnswerRefused, recorded, host, protocol, way=AnswerReceipt("telephone"))
        assert str(said) == "The host takes part without an invitation."
        assert Invitation.objects.count() == 0

    def test_its_first_letter_needs_a_second_person_where_letters_do(self, party: Party, protocol: User) -> None:
        Policy.objects.create(summit=party.summit, second_person=True)
        row = recorded(party, protocol, way=AnswerReceipt("telephone")).invitation
        said = refuses(NotNow, invitations.write_anew, invitation=row, by=protocol)
        assert str(said) == "You prepared this invitation. Another person must send its letter."
        assert invitations.write_anew(invitation=row, by=desk(row)) == 1
        row.refresh_from_db()
        assert (row.state, row.number, row.sent_at is not None) == ("answered", 1, True)


def recorded(party: Party, by: User, **values: Any) -> Reply:
    """Record an answer of a party that has no invitation."""
    given = {"answer": "attending", "note": "", "name": "The Embassy", **values}
    return answer(invitation=Invitation(party=party), by=by, **given)


class TestWho:
    def test_a_link_answers_its_own_invitation_alone_while_it_lives(self) -> None:
        row, other = in_state("sent"), in_state("sent")
        link = Link(row.links.get().public_id)
        with pytest.raises(PermissionDenied, match="no longer works for Land"):
            give(row, Link(other.links.get().public_id))
        give(row, link)
        for how in ({"revoked_at": f.START}, {"revoked_at": None, "expires_at": f.START}):
            InvitationLink.objects.update(**how)
            with pytest.raises(PermissionDenied, match=r"For a new letter, write to protocol@host\.example"):
                give(row, link)

    def test_a_link_that_dies_meanwhile_answers_nothing(
        self, row: Invitation, link: Link, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        InvitationLink.objects.update(revoked_at=f.START)
        # It was alive when the permission was looked at; the UPDATE looks again.
        monkeypatch.setattr(answers, "check_can_answer", lambda by, invitation: None)
        refuses(AnswerRefused, give, row, link)
        assert Invitation.objects.get().state == "sent"

    def test_focal_points_and_protocol_answer_and_members_do_not(self, row: Invitation) -> None:
        focal, member, stranger, gone = (f.UserFactory(is_active=active) for active in (True, True, True, False))
        for user in (focal, gone):
            f.FocalPointFactory(party=row.party, person__user=user)
        f.MembershipFactory(party=row.party, person__user=member)
        f.FocalPointFactory(person__user=stranger)
        programme = f.UserFactory.with_role(Role.PROGRAMME, row.party.summit)
        for user in (member, stranger, gone, programme):
            assert "organiser, protocol" in str(refuses(PermissionDenied, give, row, user))
        protocol = desk(row)
        for user in (focal, protocol):
            give(row, user)
        assert [entry.by for entry in AuditEntry.objects.order_by("pk")] == [focal, protocol]


class TestUntil:
    def due(self, row: Invitation, seconds: int) -> Invitation:
        Summit.objects.update(answer_by=db_now() + timedelta(seconds=seconds))
        row.party.summit.refresh_from_db()
        return row

    @pytest.mark.parametrize("state", ["sent", "answered"])
    def test_afterwards_it_is_refused_with_who_can(self, state: str) -> None:
        row = self.due(in_state(state), -1)
        focal = f.FocalPointFactory(party=row.party, person__user=f.UserFactory()).person.user
        before = Invitation.objects.values().get()
        said = "The deadline for answers has passed. Protocol can still change yours: write to protocol@host.example."
        for by in (Link(row.links.get().public_id), focal):
            assert str(refuses(AnswerRefused, give, row, by, answer="regrets")) == said
        assert Invitation.objects.values().get() == before
        give(row, desk(row))
        assert row.state == "answered"

    def test_control_without_the_condition_it_is_late_and_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = self.due(in_state("sent"), -1)
        monkeypatch.setattr(answers, "still_open", lambda summit_id: Summit.objects.filter(pk=summit_id))
        give(row, Link(row.links.get().public_id))
        assert row.state == "answered"

    def test_the_database_clock_decides_and_not_this_machines(self) -> None:
        row = self.due(in_state("sent"), 60)
        with time_machine.travel(db_now() + timedelta(days=400)):
            give(row, Link(row.links.get().public_id))
        assert row.state == "answered"


def test_what_was_revoked_meanwhile_stays_revoked(row: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the desk revoke between the look at the permission and the UPDATE."""
    revoked = Invitation.objects.filter(pk=row.pk)
    monkeypatch.setattr(answers, "check_can_answer", lambda by, invitation: revoked.update(state="revoked"))
    assert "was revoked" in str(refuses(AnswerRefused, give, row))
    # Control: without the condition it would stand answered.
    monkeypatch.setattr(answers, "sources", lambda target: InvitationState.values)
    give(row)
    assert revoked.get().state == "answered"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_answering_and_revoking_at_once_end_revoked() -> None:
    for _ in range(2):
        row = in_state("sent")
        by, link = desk(row), Link(row.links.get().public_id)
        came = at_once(
            lambda row=row, link=link: give(Invitation.objects.get(pk=row.pk), link),
            lambda row=row, by=by: invitations.revoke(invitation=row, by=by),
        )
        assert names(came) in ([None, None], ["AnswerRefused", None], ["PermissionDenied", None])
        assert Invitation.objects.get(pk=row.pk).state == "revoked"


LEVELS = "Choose one of these levels, or leave this blank: head of state, head of government, deputy head"
PAPER = AnswerReceipt(
    "note_verbale", reference=" NV  12/2025 ", dated=date(2025, 3, 3), scan=Scan("n.pdf", "application/pdf", b"%PDF-")
)


class TestWay:
    def test_a_desks_answer_is_kept_with_its_paper(self, row: Invitation, by: User) -> None:
        said = {"answer": "represented", "level": "minister", "note": "n", "name": "Embassy"}
        reply = answer(invitation=row, by=by, way=PAPER, **said)
        stored = Reply.objects.get()
        assert stored == reply
        assert {name: getattr(stored, name) for name in said} == said
        assert (stored.channel, stored.reference, stored.dated) == ("note_verbale", "NV 12/2025", date(2025, 3, 3))
        assert stored.recorded_by == by
        scan = ReplyScan.objects.get()
        assert (scan.filename, scan.size, scan.content) == ("n.pdf", 5, b"%PDF-")
        assert (row.answer, row.level, row.answered_by) == ("represented", "minister", "Embassy")
        assert row.state == "answered"
        entry = AuditEntry.objects.get()
        assert entry.detail == {"answer": "represented", "channel": "note_verbale"}
        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM delegations_replyscan")
            (kept,) = cursor.fetchone()
        assert b"%PDF" not in bytes(kept)

    def test_who_answers_by_which_way(self, row: Invitation) -> None:
        focal = f.UserFactory()
        point = f.FocalPointFactory(party=row.party, person__user=focal)
        door = f.PortalSessionFactory(person=point.person, mailbox=point.person.email)
        for by in (Link(row.links.get().public_id), focal, Mailbox(door.public_id), SYSTEM):
            give(row, by)
        found = Reply.objects.order_by("pk").values_list("channel", "recorded_by")
        assert list(found) == [("link", None), ("portal", focal.pk), ("portal", None), ("portal", None)]

    def test_only_a_desk_says_by_which_way(self, row: Invitation) -> None:
        focal = f.FocalPointFactory(party=row.party, person__user=f.UserFactory()).person.user
        programme = f.UserFactory.with_role(Role.PROGRAMME, row.party.summit)
        for by in (Link(row.links.get().public_id), focal, programme):
            refuses(PermissionDenied, give, row, by, way=AnswerReceipt("telephone"))
        assert Reply.objects.count() == 0

    def test_a_desks_ways(self, row: Invitation, by: User) -> None:
        for channel in Channel:
            if channel in (Channel.LINK, Channel.PORTAL):
                refuses(AnswerProblem, give, row, by, match="Choose a channel", way=AnswerReceipt(channel))
            else:
                give(row, by, way=AnswerReceipt(channel))
                assert Reply.objects.latest("pk").channel == channel

    def test_what_is_entered_is_looked_at(self, row: Invitation, by: User) -> None:
        long = AnswerReceipt("letter", reference="x" * 81)
        for field, values, words in (
            ("level", {"level": "king"}, LEVELS),
            ("channel", {"way": AnswerReceipt("pigeon")}, "Choose a channel."),
            ("reference", {"way": long}, "Shorten this text to 80 characters. It has 81."),
        ):
            problem = refuses(AnswerProblem, give, row, by, match=words, **values)
            assert problem.field == field
        way = AnswerReceipt("", reference="x" * 81)
        problem = refuses(AnswerProblem, give, row, by, answer="", name=" ", way=way)
        found = (problem, *problem.others)
        assert [each.field for each in found] == ["answer", "name", "channel", "reference"]
        assert (Reply.objects.count(), Invitation.objects.get().state) == (0, "sent")

    def test_all_are_kept_in_their_order_the_last_holds_and_regrets_have_no_level(self, row: Invitation) -> None:
        for name, given in (("One", "attending"), ("Two", "attending"), ("Three", "regrets")):
            give(row, name=name, answer=given, level="minister")
        kept = [("One", "minister"), ("Two", "minister"), ("Three", "")]
        assert list(Reply.objects.order_by("pk").values_list("name", "level")) == kept
        assert (row.answered_by, row.level, answers.newest_of(row)) == ("Three", "", Reply.objects.get(name="Three"))


def test_a_page_that_is_behind_is_shown_the_newer_one(row: Invitation, monkeypatch: pytest.MonkeyPatch) -> None:
    first = answer(invitation=row, answer="regrets", note="", name="Embassy", by=SYSTEM)
    user = desk(row)
    with pytest.raises(AnswerOutdated, match="Another answer arrived") as outdated:
        give(row, user, way=AnswerReceipt("telephone"), newest="")
    assert outdated.value.newer == first
    assert (Reply.objects.count(), Invitation.objects.get().answer) == (1, "regrets")
    give(row, user, way=AnswerReceipt("telephone"), newest=first.public_id)
    assert (Reply.objects.count(), Invitation.objects.get().answer) == (2, "attending")
    # Control: without the look it is overwritten.
    monkeypatch.setattr(answers, "_look_for_newer", lambda invitation, newest: None)
    give(row, user, way=AnswerReceipt("telephone"), newest="", answer="regrets")
    assert Invitation.objects.get().answer == "regrets"


def fresh(row: Invitation) -> Invitation:
    return Invitation.objects.select_related("party__summit").get(pk=row.pk)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def desks(self, row: Invitation) -> list[Any]:
        """Let two desks record at once, whose pages both showed no answer; return what came of each."""
        one, two = desk(row), desk(row)
        return at_once(
            lambda: give(fresh(row), one, way=AnswerReceipt("telephone"), newest="", name="One"),
            lambda: give(fresh(row), two, way=AnswerReceipt("letter"), newest="", answer="regrets", name="Two"),
        )

    def test_of_two_desks_exactly_one_records_and_the_other_is_shown_it(self) -> None:
        for _ in range(2):
            row = in_state("sent")
            came = self.desks(row)
            assert sorted(map(str, names(came))) == ["AnswerOutdated", "None"]
            (kept,) = row.replies.all()
            assert [each.newer for each in came if each] == [kept]
            assert Invitation.objects.get(pk=row.pk).answered_by == kept.name

    def test_control_without_the_look_both_record(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answers, "_look_for_newer", lambda invitation, newest: None)
        row = in_state("sent")
        assert (self.desks(row), row.replies.count()) == ([None, None], 2)

    def test_control_without_the_lock_both_find_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answers, "_lock", lambda invitation: None)
        meet_after(monkeypatch, answers, "_look_for_newer")
        row = in_state("sent")
        assert (self.desks(row), row.replies.count()) == ([None, None], 2)

    def test_a_link_and_a_desk_are_both_kept_where_the_desk_is_first(self) -> None:
        for _ in range(2):
            row = in_state("sent")
            user, link, way = desk(row), Link(row.links.get().public_id), AnswerReceipt("letter")
            came = at_once(
                lambda row=row, user=user, way=way: give(fresh(row), user, way=way, newest="", name="Desk"),
                lambda row=row, link=link: give(fresh(row), link, answer="regrets", name="Link"),
            )
            kept = list(row.replies.order_by("pk").values_list("name", flat=True))
            # Where the link was first, the desk is shown its answer.
            both, linked = ([None, None], ["Desk", "Link"]), (["AnswerOutdated", None], ["Link"])
            assert (names(came), kept) in (both, linked)
            assert Invitation.objects.get(pk=row.pk).answered_by == "Link"


PDF, JPEG, PNG = b"%PDF-1.7\n%", jpeg(), png()


def test_the_bytes_say_what_it_is() -> None:
    for content, media_type, ending in (
        *((PDF, "application/pdf", "pdf"), (JPEG, "image/jpeg", "jpg"), (PNG, "image/png", "png")),
    ):
        kept = read(filename="note.exe", content=content)
        assert (kept.media_type, kept.filename, kept.content) == (media_type, f"note.{ending}", content)


def test_the_name_is_made_harmless() -> None:
    for given, kept in (
        *(("../../etc/note 12.pdf", "note 12.pdf"), ("C:\\papers\\note.PDF", "note.pdf"), ("", "scan.pdf")),
        *(("a\x00\r\nb\u202efdp.exe", "abfdp.pdf"), (".pdf", "scan.pdf"), ("note", "note.pdf")),
        *(("x" * 300 + ".pdf", "x" * 196 + ".pdf"), ("مذكرة شفوية.pdf", "مذكرة شفوية.pdf")),
    ):
        found = read(filename=given, content=PDF).filename
        assert (found, len(found) <= scanned_answers.LONGEST_NAME) == (kept, True)


def test_what_is_none_or_too_large_is_refused_in_a_sentence() -> None:
    none = "This file is not a PDF, JPEG or PNG. Save the scan in one of these formats."
    large = "This file is 12.4 MB. The limit is 10 MB: scan at a lower resolution."
    for content, words in (
        *((b"", "This file is empty. Choose the scan again."), (b"<html>", none), (b" %PDF-1.7", none)),
        (bytes(12 * 1024 * 1024 + 400_000), large),
        (png(9_000, 9_000), "This picture has more than 80 million pixels. Make it smaller and choose it again."),
        (b"\xff\xd8\xff\xe0", "This file is damaged. Open it, save it again and choose it again."),
    ):
        assert str(refuses(ScanProblem, read, filename="note.pdf", content=content)) == words
    largest = PDF.ljust(scanned_answers.LARGEST)
    assert read(filename="note.pdf", content=largest).content == largest


def record(row: Invitation, by: User, given: str) -> str:
    """Record an answer that came by telephone, and return the public id of that act."""
    with undo.grouped() as act:
        way = AnswerReceipt("telephone")
        answer(invitation=row, by=by, answer=given, note=f"n {given}", name=f"Embassy {given}", way=way)
    assert act.offer is not None
    return act.offer.public_id


def stored(row: Invitation) -> tuple[str, ...]:
    return Invitation.objects.values_list("state", "answer", "level", "note", "answered_by").get(pk=row.pk)


class TestUndo:
    def test_the_first_answer_leaves_the_invitation_unanswered(self, row: Invitation, by: User) -> None:
        result = undo.undo(public_id=record(row, by, "regrets"), by=by)
        assert (result.done, result.notes) == (["1 answer undone."], ["The invitation is unanswered again."])
        assert stored(row) == ("sent", "", "", "", "")
        assert Invitation.objects.get(pk=row.pk).answered_at is None
        assert not Reply.objects.exists()

    def test_the_earlier_answer_holds_again(self, row: Invitation, by: User) -> None:
        record(row, by, "attending")
        before = stored(row)
        result = undo.undo(public_id=record(row, by, "regrets"), by=by)
        assert result.notes == ["The earlier answer applies again: attending."]
        assert stored(row) == before == ("answered", "attending", "", "n attending", "Embassy attending")
        assert Reply.objects.get().answer == "attending"

    def test_a_newer_answer_stands(self, row: Invitation, by: User) -> None:
        act = record(row, by, "attending")
        record(row, by, "regrets")
        refused = str(refuses(UndoRefused, undo.undo, public_id=act, by=by))
        assert refused.startswith("This has since changed: ")
        assert stored(row)[1] == "regrets"

    def test_what_a_webhook_has_told_isnt_taken_back(self, row: Invitation, by: User) -> None:
        f.EndpointFactory(summit=row.party.summit, events=["invitation.answered"])
        # One that waits goes with the answer.
        undo.undo(public_id=record(row, by, "attending"), by=by)
        assert not Delivery.objects.exists()
        act = record(row, by, "attending")
        Delivery.objects.update(state="sent", attempts=1, ended_at=db_now())
        assert str(refuses(UndoRefused, undo.undo, public_id=act, by=by)) == (
            "Another system has been notified of this answer. Record the valid answer."
        )
        assert stored(row)[1] == "attending"

    def test_an_answer_by_the_link_isnt_offered(self, row: Invitation) -> None:
        answer(invitation=row, by=desk(row), answer="attending", note="", name="Head")
        assert not UndoOffer.objects.exists()
