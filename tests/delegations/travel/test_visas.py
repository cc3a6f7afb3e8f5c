"""Visa support letters: asked for, decided, what they say; and what people declare, eat and need, at the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import translation

from delegations.members import departure_listeners
from delegations.members.models.members import Membership
from delegations.members.models.particulars import Particulars
from delegations.parties.models.parties import Party
from delegations.travel import messages as travel_messages
from delegations.travel import visa_letter_pdf
from delegations.travel.models.declarations import Declaration
from delegations.travel.models.visas import VisaLetter, VisaState
from delegations.travel.selectors import dietary_and_access_needs
from delegations.travel.selectors.visa_letter_text import sheet_of
from delegations.travel.services import visas
from delegations.travel.services.visas import (
    TRANSITIONS,
    VisaProblem,
    VisaRefused,
    ask,
    issue,
    refuse,
    take_back,
    void,
)
from summit.audit.access_log import SEEN
from summit.audit.models import AuditEntry
from summit.audit.services import Link
from summit.outbox import delivery
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import protocol, refuses, said, sign_in, text
from tests.threads import at_once, meet_after

pytestmark = pytest.mark.django_db

EMBASSY = "Embassy of Hostland in Landcity"
PASSPORT = {"passport_name": "ADA EXAMPLE", "birth_date": "1980-02-29", "nationality": "FR"}
PASSPORT |= {"passport_number": "X4821397"}


def member(**kwargs: Any) -> Membership:
    named = {"party__name": "Aland", "person__name": "Ada", "person__office": "Minister"}
    found: Membership = f.MembershipFactory(**{**named, **kwargs})
    Particulars.objects.create(person=found.person, entered_for=found.party, **PASSPORT)
    return found


def asked(**kwargs: Any) -> VisaLetter:
    row = member(**kwargs)
    return f.VisaLetterFactory(party=row.party, person=row.person)


def focal(row: Membership) -> User:
    user = f.UserFactory()
    f.FocalPointFactory(party=row.party, person__user=user, person__email="focal@land.example")
    return user


class TestAsk:
    def test_it_waits_is_recorded_and_is_one_at_a_time(self) -> None:
        row = member()
        by = focal(row)
        given: dict[str, Any] = {"party": row.party, "person": row.person, "by": by}
        for embassy, words in (
            ("", "Enter where they apply for the visa."),
            ("x" * 201, "Shorten this text to 200 characters. It has 201."),
        ):
            problem = refuses(VisaProblem, ask, embassy=embassy, **given)
            assert (problem.field, str(problem)) == ("embassy", words)
        letter = ask(embassy=f"  {EMBASSY} ", **given)
        letter.refresh_from_db()
        assert (letter.state, letter.embassy, letter.summit) == ("asked", EMBASSY, row.party.summit)
        assert (letter.number, letter.content) == (None, "")
        entry = AuditEntry.objects.get()
        assert (entry.action, entry.fields, entry.by) == ("delegations.visaletter.ask", ["embassy"], by)
        assert entry.detail == {}
        refuses(VisaRefused, ask, embassy=EMBASSY, **given, match="There is already a letter for Ada, Minister.")
        refuse(letter=letter, reason="Ask at another embassy.", by=protocol(row.party.summit))
        assert ask(embassy="Another", **given).state == "asked"

    def test_the_passport_comes_first(self) -> None:
        row = f.MembershipFactory(person__name="Ada", person__office="")
        Particulars.objects.create(person=row.person, **{**PASSPORT, "passport_number": "", "nationality": ""})
        refused = refuses(VisaRefused, ask, party=row.party, person=row.person, embassy=EMBASSY, by=focal(row))
        assert str(refused).endswith("First enter for Ada: nationality, passport number.")
        assert refused.lacking == ("nationality", "passport_number")

    def test_who_may(self) -> None:
        row, foreign = member(), member(party__name="Bland")
        known: dict[str, Any] = {"party": row.party, "person": row.person, "embassy": EMBASSY}
        stranger = focal(f.MembershipFactory(party__summit=row.party.summit))
        for by in (f.UserFactory.with_role(Role.VETTING, row.party.summit), stranger, Link("nothing")):
            refuses(PermissionDenied, ask, **known, by=by)
        link = f.InvitationLinkFactory(invitation__party=row.party)
        assert ask(**known, by=Link(link.public_id)).pk
        refuses(VisaRefused, ask, **{**known, "person": foreign.person}, by=focal(row), match="is no longer in Aland")


class TestIssue:
    def test_numbers_follow_each_other_in_a_summit(self) -> None:
        first = asked()
        summit = first.summit
        second, other = asked(party__summit=summit, party__name="Bland"), asked()
        by = protocol(summit)
        done = issue(letters=[second, first], by=by)
        assert [(row.person, row.number) for row in done.done] == [(first.person, 1), (second.person, 2)]
        assert done.skipped == []
        assert issue(letters=[other], by=protocol(other.summit)).done[0].number == 1
        third = asked(party__summit=summit, party__name="Cland")
        assert issue(letters=[third], by=by).done[0].number == 3
        third.refresh_from_db()
        assert (third.state, third.decided_by) == ("issued", by)
        assert third.decided_at is not None
        entry = AuditEntry.objects.get(action="delegations.visaletter.issue", object_key=third.public_id)
        assert (entry.detail, entry.fields) == ({"number": 3}, ["content", "number", "state"])

    def test_what_it_says_is_frozen(self) -> None:
        letter = asked()
        words = {"reference_prefix": "HS/", "letter_sender": "Hostland\nProtocol", "signatory_name": "C. Chief"}
        f.PolicyFactory(summit=letter.summit, **words)
        issue(letters=[letter], by=protocol(letter.summit))
        Particulars.objects.update(passport_number="OTHER")
        Party.objects.update(name="Renamed")
        letter.refresh_from_db()
        sheet = sheet_of(letter)
        whole = "\n".join(sheet.paragraphs)
        for words in ("ADA EXAMPLE, Minister", "X4821397", "Date of birth: 29 February 1980.", "France", EMBASSY):
            assert words in whole
        assert (sheet.signatory.startswith("C. Chief"), sheet.sealed, "OTHER" in whole) == (True, False, False)
        assert (sheet.reference, sheet.letterhead, sheet.language) == ("HS/V1", "Hostland\nProtocol", "en")
        # It is in the summit's language, and prints.
        letter = asked(party__summit__language="ar")
        with translation.override("en"):
            issue(letters=[letter], by=protocol(letter.summit))
        letter.refresh_from_db()
        assert sheet_of(letter).language == "ar"
        assert "تأشيرة" in sheet_of(letter).title
        content = visa_letter_pdf.write(letter)
        assert content.startswith(b"%PDF-")
        assert content == visa_letter_pdf.write(letter)

    def test_what_was_decided_or_lost_its_passport_is_skipped(self) -> None:
        good = asked()
        gone, decided = (asked(party__summit=good.summit, party__name=name) for name in ("Bland", "Cland"))
        by = protocol(good.summit)
        refuse(letter=decided, reason="No.", by=by)
        Particulars.objects.filter(person=gone.person).delete()
        refuses(PermissionDenied, issue, letters=[good], by=f.UserFactory.with_role(Role.ACCREDITATION, good.summit))
        done = issue(letters=[good, gone, decided], by=by)
        assert [row.person for row in done.done] == [good.person]
        assert {row.person: why for row, why in done.skipped} == {
            gone.person: "The passport data is no longer recorded. The focal point can enter it again.",
            decided.person: "It has already been decided.",
        }

    def test_what_changes_while_it_is_tried_is_issued_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        letter, locked = asked(), visas._locked

        def changed(letters: Any) -> list[Summit]:
            Particulars.objects.update(passport_number="OTHER")
            return locked(letters)

        with monkeypatch.context() as patched:
            patched.setattr(visas, "_locked", changed)
            done = issue(letters=[letter], by=protocol(letter.summit))
        assert (done.done, done.skipped) == ([], [(letter, "Its data has just changed. Issue it again.")])
        assert issue(letters=[letter], by=protocol(letter.summit)).done == [letter]

    def test_the_focal_points_are_told_without_the_passport_and_what_was_decided_anew_is_not_sent(self) -> None:
        row = member()
        focal(row)
        letter = f.VisaLetterFactory(party=row.party, person=row.person)
        by = protocol(letter.summit)
        issue(letters=[letter], by=by)
        message = Message.objects.get()
        assert (message.kind, message.address) == ("visa_letter", "focal@land.example")
        assert not any(value in str(message.facts) for value in PASSPORT.values())
        assert travel_messages.overtaken([message]) == {}
        void(letter=letter, reason="A mistake.", by=by)
        assert set(travel_messages.overtaken([message])) == {message.pk}


class TestDecide:
    def test_the_table_is_complete(self) -> None:
        assert set(TRANSITIONS) == set(VisaState.values)
        assert set().union(*TRANSITIONS.values()) == {"issued", "refused", "void"}

    @pytest.mark.parametrize("state", VisaState.values)
    @pytest.mark.parametrize("action", ["issue", "refuse", "void", "take_back"])
    def test_each_row(self, state: str, action: str) -> None:
        letter = asked()
        by = protocol(letter.summit)
        VisaLetter.objects.filter(pk=letter.pk).update(
            state=state, number=9, decided_at=f.START, decided_by=by, reason="Why."
        )
        letter.refresh_from_db()
        target = {"issue": "issued", "refuse": "refused"}.get(action, "void")
        allowed = target in TRANSITIONS[VisaState(state)] and not (action == "take_back" and state == "issued")
        # What is only asked for is refused by protocol, and taken back by whoever asked.
        actions: dict[str, Callable[[], Any]] = {
            "issue": lambda: issue(letters=[letter], by=by),
            "refuse": lambda: refuse(letter=letter, reason="No.", by=by),
            "void": lambda: void(letter=letter, reason="No.", by=by),
            "take_back": lambda: take_back(letter=letter, by=by),
        }
        try:
            actions[action]()
        except VisaRefused:
            assert not allowed
        letter.refresh_from_db()
        assert letter.state == (target if allowed else state)

    def test_a_refusal_is_told_with_where_the_reason_stands(self, settings: Any) -> None:
        row = member()
        focal(row)
        letter = f.VisaLetterFactory(party=row.party, person=row.person)
        for decide in (refuse, void):
            given = {"letter": letter, "reason": " ", "by": protocol(letter.summit)}
            refuses(VisaProblem, decide, **given, match="Enter a reason. The delegation will see it.")
        refuse(letter=letter, reason="Ask the embassy in Bland.", by=protocol(letter.summit))
        letter.refresh_from_db()
        assert (letter.state, letter.reason) == ("refused", "Ask the embassy in Bland.")
        delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
        (sent,) = mail.outbox
        assert sent.subject == "Visa support letter for Ada, Minister refused"
        written = sent.message().as_string()
        assert f"/portal/delegation/{row.party.public_id}/visas/" in written
        assert "Ask the embassy" not in written

    def test_whoever_leaves_has_no_letter(self) -> None:
        waiting = asked()
        standing, other = (asked(party__summit=waiting.summit, party__name=name) for name in ("Bland", "Cland"))
        issue(letters=[standing], by=protocol(waiting.summit))
        for letter in (waiting, standing):
            departure_listeners.notify_member_left(party=letter.party, person=letter.person, by=Link("x"))
        states = {waiting.person_id: "void", standing.person_id: "void", other.person_id: "asked"}
        assert dict(VisaLetter.objects.values_list("person", "state")) == states
        assert AuditEntry.objects.filter(action="delegations.visaletter.void").count() == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def race(self) -> list[Any]:
        first = asked()
        rows = [first, *(asked(party__summit=first.summit, party__name=f"P{number}") for number in range(3))]
        by = protocol(first.summit)
        return at_once(*(lambda row=row: issue(letters=[row], by=by) for row in rows))

    def test_four_who_issue_at_once_give_four_numbers(self) -> None:
        results = self.race()
        assert sorted(result.done[0].number for result in results) == [1, 2, 3, 4]

    def test_control_without_the_lock_a_number_is_given_twice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unlocked(letters: Any) -> list[Summit]:
            return list(Summit.objects.filter(pk__in=letters.values("summit")))

        monkeypatch.setattr(visas, "_locked", unlocked)
        # Nobody takes the next number before all have read the last.
        meet_after(monkeypatch, visas, "_changed", 4)
        assert any(isinstance(result, Exception) for result in self.race())

    def test_asking_twice_at_once_makes_one_letter(self) -> None:
        row = member()
        by = focal(row)
        work = lambda: ask(party=row.party, person=row.person, embassy=EMBASSY, by=by)  # noqa: E731
        assert sorted(type(each).__name__ for each in at_once(work, work)) == ["VisaLetter", "VisaRefused"]
        assert VisaLetter.objects.count() == 1


VISAS, DECLARATIONS = "/admin/delegations/visaletter/", "/admin/delegations/declaration/"


class TestVisas:
    def test_many_are_issued_at_once_after_asking_and_one_is_refused_with_its_reason(self) -> None:
        first = asked()
        second = asked(party__summit=first.summit, party__name="Bland")
        client = sign_in(first.summit, Role.PROTOCOL)
        assert client.get(f"{VISAS}{first.pk}/letter.pdf").status_code == 302
        keys = [first.pk, second.pk]
        asks = client.post(VISAS, {"action": "issue", "_selected_action": keys})
        assert "Issue 2 letters</button>" in text(asks)
        assert not VisaLetter.objects.filter(state="issued").exists()
        assert said(client.post(f"{VISAS}issue/", {"row": keys}))[-1] == "2 letters issued."
        assert client.get(f"{VISAS}{first.pk}/letter.pdf").content.startswith(b"%PDF-")
        entry = AuditEntry.objects.get(action=SEEN, object_key=first.public_id)
        assert (entry.fields, entry.detail) == (["content"], {"people": [first.person.public_id]})
        assert "X4821397" not in text(client.get(f"{VISAS}{first.pk}/change/"))
        letter = asked(party__summit=first.summit, party__name="Cland")
        refused = client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": " "})
        words = '<a href="#reason">Enter a reason. The delegation will see it.</a>'
        assert (refused.status_code, words in text(refused)) == (422, True)
        assert client.post(f"{VISAS}{letter.pk}/refuse/", {"reason": "No."}).status_code == 302
        letter.refresh_from_db()
        assert (letter.state, letter.reason) == ("refused", "No.")


class TestDeclarations:
    def test_they_are_permitted_or_refused_after_asking(self, summit: Summit) -> None:
        row, other = (f.DeclarationFactory(party__summit=summit, details="Pistol, 9 mm") for _each in range(2))
        client = sign_in(summit, Role.VETTING)
        # What was declared stands on its page alone.
        assert "Pistol" not in text(client.get(DECLARATIONS))
        assert "Pistol" in text(client.get(f"{DECLARATIONS}{row.pk}/change/"))
        assert AuditEntry.objects.get(action=SEEN, object_key=row.public_id).fields == ["details", "reason"]
        address = f"{DECLARATIONS}permit/?row={row.pk}"
        assert "Permit 1 declaration</button>" in text(client.get(address))
        client.post(f"{DECLARATIONS}permit/", {"row": row.pk})
        assert "None of the selected declarations can be permitted" in text(client.get(address))
        client.post(f"{DECLARATIONS}{other.pk}/refuse/", {"reason": "Not here."})
        decided = Declaration.objects.order_by("pk").values_list("state", "reason")
        assert list(decided) == [("permitted", ""), ("refused", "Not here.")]


PAGE = "/admin/needs/here/"


def somebody(summit: Summit, name: str, party: Party | None = None, **values: Any) -> Person:
    person = f.PersonFactory(summit=summit, name=name, office="")
    if party is not None:
        f.MembershipFactory(party=party, person=person)
    f.ParticularsFactory(person=person, **values)
    return person


def test_the_page_is_the_officers_and_who_sees_it_is_recorded(summit: Summit) -> None:
    party = f.PartyFactory(summit=summit, name="Aland")
    somebody(summit, "Ann", party, diet="vegan")
    somebody(summit, "Bea", diet="halal", access="ramp")
    assert sign_in(summit, Role.VETTING).get(PAGE).status_code == 404
    client = sign_in(summit, Role.CONFERENCE_OFFICER)
    assert PAGE in text(client.get("/admin/"))
    shown = text(client.get(PAGE))
    assert all(words in shown for words in ("vegan", "halal", "ramp"))
    shown_fields = sorted(dietary_and_access_needs.columns())
    assert {"access", "diet"} <= set(shown_fields)
    assert AuditEntry.objects.filter(action=SEEN, fields=shown_fields).count() == 1
    shown = text(client.get(PAGE, {"party": party.pk, "day": "2025-04-01"}))
    assert ("vegan" in shown, "halal" in shown) == (True, False)
    assert client.get(PAGE, {"party": "x", "day": "2030-01-01"}).status_code == 200
