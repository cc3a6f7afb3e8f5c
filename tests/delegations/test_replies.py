"""Each answer is kept as it came: by which way, with which paper, and after which other one."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from delegations.domain import answers
from delegations.domain.answers import AnswerOutdated, AnswerProblem, Way, answer
from delegations.domain.scans import Scan
from delegations.models import Channel, Invitation, Reply, ReplyScan
from summit.domain.audit import SYSTEM, Link, Mailbox
from summit.models import AuditEntry, Role, User
from tests import factories as f
from tests.delegations.test_answers import desk, give, in_state

LEVELS = (
    "Choose one of these levels, or leave it open: head of state, head of government, deputy head of government, "
    "minister, deputy minister or state secretary, senior official, ambassador or chargé d’affaires."
)
PAPER = Way(
    "note_verbale", reference=" NV  12/2025 ", dated=date(2025, 3, 3), scan=Scan("n.pdf", "application/pdf", b"%PDF-")
)


@pytest.mark.django_db
class TestWay:
    def test_a_desks_answer_is_kept_with_its_paper(self) -> None:
        row = in_state("sent")
        user = desk(row)
        reply = answer(
            invitation=row, answer="represented", level="minister", note="n", name="Embassy", by=user, way=PAPER
        )
        stored = Reply.objects.get()
        assert stored == reply
        assert (stored.answer, stored.level, stored.note, stored.name) == ("represented", "minister", "n", "Embassy")
        assert (stored.channel, stored.reference, stored.dated) == ("note_verbale", "NV 12/2025", date(2025, 3, 3))
        assert stored.recorded_by == user
        scan = ReplyScan.objects.get()
        assert (scan.filename, scan.size, scan.content) == ("n.pdf", 5, b"%PDF-")
        assert (row.answer, row.level, row.answered_by, row.state) == (
            "represented",
            "minister",
            "Embassy",
            "answered",
        )
        entry = AuditEntry.objects.get()
        assert entry.detail == {"answer": "represented", "channel": "note_verbale"}
        assert "NV 12" not in str(entry.detail)

    def test_the_scan_is_encrypted_in_the_database(self) -> None:
        row = in_state("sent")
        answer(invitation=row, answer="attending", note="", name="E", by=desk(row), way=PAPER)
        with connection.cursor() as cursor:
            cursor.execute("SELECT content FROM delegations_replyscan")
            (kept,) = cursor.fetchone()
        assert b"%PDF" not in bytes(kept)

    def test_who_answers_by_which_way(self) -> None:
        row = in_state("sent")
        focal = f.UserFactory()
        point = f.FocalPointFactory(party=row.party, person__user=focal)
        door = f.PortalSignInFactory(person=point.person, mailbox=point.person.email)
        for by in (Link(row.links.get().public_id), focal, Mailbox(door.public_id), SYSTEM):
            give(row, by)
        found = Reply.objects.order_by("pk").values_list("channel", "recorded_by")
        assert list(found) == [("link", None), ("portal", focal.pk), ("portal", None), ("portal", None)]

    @pytest.mark.parametrize("who", ["link", "focal", "member of no desk"])
    def test_only_a_desk_says_by_which_way(self, who: str) -> None:
        row = in_state("sent")
        focal: User = f.UserFactory()
        f.FocalPointFactory(party=row.party, person__user=focal)
        by: Any = {"link": Link(row.links.get().public_id), "focal": focal}.get(who, f.UserFactory())
        with pytest.raises(PermissionDenied):
            give(row, by, way=Way("telephone"))
        assert Reply.objects.count() == 0

    @pytest.mark.parametrize("role", list(Role))
    def test_organisers_and_protocol_are_that_desk(self, role: Role) -> None:
        row = in_state("sent")
        user = f.UserFactory.with_role(role, row.party.summit)
        if role in (Role.ORGANISER, Role.PROTOCOL):
            give(row, user, way=Way("telephone"))
        else:
            with pytest.raises(PermissionDenied):
                give(row, user, way=Way("telephone"))

    @pytest.mark.parametrize("channel", list(Channel))
    def test_a_desks_ways(self, channel: Channel) -> None:
        row = in_state("sent")
        if channel in (Channel.LINK, Channel.PORTAL):
            with pytest.raises(AnswerProblem, match="Choose by which way the answer came"):
                give(row, desk(row), way=Way(channel))
        else:
            give(row, desk(row), way=Way(channel))
            assert Reply.objects.get().channel == channel

    @pytest.mark.parametrize(
        ("field", "values", "said"),
        [
            ("level", {"level": "king"}, LEVELS),
            ("channel", {"way": Way("pigeon")}, "Choose by which way the answer came."),
            (
                "reference",
                {"way": Way("letter", reference="x" * 81)},
                "This has 81 characters. Shorten it to 80.",
            ),
        ],
    )
    def test_what_is_entered_is_looked_at(self, field: str, values: dict[str, Any], said: str) -> None:
        row = in_state("sent")
        with pytest.raises(AnswerProblem) as problem:
            give(row, desk(row), **values)
        assert (problem.value.field, str(problem.value)) == (field, said)
        assert (Reply.objects.count(), Invitation.objects.get().state) == (0, "sent")

    def test_all_that_is_missing_is_said_at_once(self) -> None:
        row = in_state("sent")
        with pytest.raises(AnswerProblem) as problem:
            give(row, desk(row), answer="", name=" ", way=Way("", reference="x" * 81))
        found = (problem.value, *problem.value.others)
        assert [each.field for each in found] == ["answer", "name", "channel", "reference"]

    def test_regrets_have_no_level(self) -> None:
        row = in_state("sent")
        give(row, answer="attending", level="minister")
        give(row, answer="regrets", level="minister")
        assert (row.level, list(Reply.objects.values_list("level", flat=True))) == ("", ["", "minister"])


@pytest.mark.django_db
class TestNewest:
    def test_all_are_kept_in_their_order_and_the_last_holds(self) -> None:
        row = in_state("sent")
        for name in ("One", "Two", "Three"):
            give(row, name=name)
        assert list(Reply.objects.order_by("pk").values_list("name", flat=True)) == ["One", "Two", "Three"]
        assert (row.answered_by, answers.newest_of(row)) == ("Three", Reply.objects.get(name="Three"))

    def test_a_page_that_is_behind_is_shown_the_newer_one(self) -> None:
        row = in_state("sent")
        first = answer(invitation=row, answer="regrets", note="", name="Embassy", by=SYSTEM)
        user = desk(row)
        with pytest.raises(AnswerOutdated, match="Another answer came") as outdated:
            give(row, user, way=Way("telephone"), newest="")
        assert outdated.value.newer == first
        assert (Reply.objects.count(), Invitation.objects.get().answer) == (1, "regrets")
        give(row, user, way=Way("telephone"), newest=first.public_id)
        assert (Reply.objects.count(), Invitation.objects.get().answer) == (2, "attending")

    def test_control_without_the_look_it_is_overwritten(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = in_state("sent")
        answer(invitation=row, answer="regrets", note="", name="Embassy", by=SYSTEM)
        monkeypatch.setattr(answers, "_look_for_newer", lambda invitation, newest: None)
        give(row, desk(row), way=Way("telephone"), newest="")
        assert Invitation.objects.get().answer == "attending"


def at_once(*deeds: Callable[[], object]) -> list[Exception]:
    """Do all of this in threads that start together, and return what was refused."""
    start, refused = threading.Barrier(len(deeds)), []

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait(10)
            deed()
        except Exception as problem:
            refused.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return refused


def fresh(row: Invitation) -> Invitation:
    return Invitation.objects.select_related("party__summit").get(pk=row.pk)


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_two_links_are_both_kept_and_the_last_holds(self) -> None:
        for _ in range(5):
            row = in_state("sent")
            links = [Link(row.links.get().public_id), Link(f.InvitationLinkFactory(invitation=row).public_id)]
            words = [("attending", "One"), ("regrets", "Two")]
            refused = at_once(
                lambda row=row, by=links[0]: give(fresh(row), by, answer="attending", name="One"),
                lambda row=row, by=links[1]: give(fresh(row), by, answer="regrets", name="Two"),
            )
            kept = list(row.replies.order_by("pk").values_list("answer", "name"))
            assert (refused, sorted(kept)) == ([], sorted(words))
            held = Invitation.objects.values_list("answer", "answered_by").get(pk=row.pk)
            assert held == kept[-1]

    def desks(self, row: Invitation) -> list[Exception]:
        """Let two desks record at once, whose pages both showed no answer."""
        one, two = desk(row), desk(row)
        return at_once(
            lambda: give(fresh(row), one, way=Way("telephone"), newest="", name="One"),
            lambda: give(fresh(row), two, way=Way("letter"), newest="", answer="regrets", name="Two"),
        )

    def test_of_two_desks_exactly_one_records_and_the_other_is_shown_it(self) -> None:
        for _ in range(5):
            row = in_state("sent")
            (refused,) = self.desks(row)
            assert isinstance(refused, AnswerOutdated)
            (kept,) = row.replies.all()
            assert refused.newer == kept
            assert Invitation.objects.get(pk=row.pk).answered_by == kept.name

    def test_control_without_the_look_both_record(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(answers, "_look_for_newer", lambda invitation, newest: None)
        row = in_state("sent")
        assert (self.desks(row), row.replies.count()) == ([], 2)

    @pytest.mark.postgresql
    def test_control_without_the_lock_both_find_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        looked = threading.Barrier(2)
        look = answers._look_for_newer

        def both_look(invitation: Invitation, newest: str | None) -> None:
            look(invitation, newest)
            looked.wait(10)

        monkeypatch.setattr(answers, "_lock", lambda invitation: None)
        monkeypatch.setattr(answers, "_look_for_newer", both_look)
        row = in_state("sent")
        assert (self.desks(row), row.replies.count()) == ([], 2)

    def test_a_link_and_a_desk_are_both_kept_where_the_desk_is_first(self) -> None:
        for _ in range(5):
            row = in_state("sent")
            user, link = desk(row), Link(row.links.get().public_id)
            refused = at_once(
                lambda row=row, user=user: give(fresh(row), user, way=Way("letter"), newest="", name="Desk"),
                lambda row=row, link=link: give(fresh(row), link, answer="regrets", name="Link"),
            )
            kept = list(row.replies.order_by("pk").values_list("name", flat=True))
            # Where the link was first, the desk is shown its answer.
            assert kept == (["Link"] if refused else ["Desk", "Link"])
            assert all(isinstance(problem, AnswerOutdated) for problem in refused)
            assert Invitation.objects.get(pk=row.pk).answered_by == "Link"
