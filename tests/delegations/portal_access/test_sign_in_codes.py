"""Codes to a mailbox: who gets one, what it opens, and what guessing brings."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.db.models import Value
from django.test.utils import CaptureQueriesContext

from delegations.portal_access import messages as portal_access_messages
from delegations.portal_access import models as portal_access_models
from delegations.portal_access.code_derivation import DIGITS
from delegations.portal_access.models import MOST_GUESSES, SignInCode
from delegations.portal_access.services import sign_in_codes
from delegations.portal_access.services.sign_in_codes import CodeProblem
from summit.maintenance import heartbeats
from summit.outbox import mime
from summit.outbox.models import Message
from summit.people.models import Person
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db
BOX = "embassy@land.example"


def ask(mailbox: str = BOX) -> SignInCode:
    return sign_in_codes.ask(mailbox=mailbox, language="en")


def right(row: SignInCode) -> str:
    return sign_in_codes.code_of(row.nonce, digits=row.digits)


def prove(row: SignInCode) -> SignInCode:
    return sign_in_codes.prove(public_id=row.public_id, code=right(row))


def problem(public_id: str, code: str) -> str:
    refused = refuses(CodeProblem, sign_in_codes.prove, public_id=public_id, code=code)
    return refused.reason


def wrong(row: SignInCode) -> str:
    return f"{(int(right(row)) + 1) % 10**row.digits:0{row.digits}}"


def read(message: Message) -> str:
    lines = portal_access_messages.SIGN_IN_CODE.render(message).text.splitlines()
    (code,) = [line for line in lines if line.startswith("    ")]
    return code.replace(" ", "")


def at(moment: datetime, function: Any, **given: Any) -> Any:
    """Do something at a moment by the database's clock, as far as codes look at it."""
    with patched_clock(moment):
        return function(**given)


@contextmanager
def patched_clock(moment: datetime) -> Iterator[None]:
    now = Value(moment)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sign_in_codes, "db_now", lambda: moment)
        patch.setattr(sign_in_codes, "Now", lambda: now)
        patch.setattr(portal_access_models, "Now", lambda: now)
        last = SignInCode.objects.order_by("pk").last()
        yield
        SignInCode.objects.filter(pk__gt=last.pk if last else 0).update(created_at=moment)


class TestWhom:
    def test_people_with_the_address_or_without_one_at_their_mission(self) -> None:
        mine = f.PersonFactory(email="Embassy@Land.example")
        f.PersonFactory(email="other@land.example")
        f.PersonFactory()
        f.MembershipFactory(party__mission_email="")
        assert sign_in_codes.people_at(" EMBASSY@land.example ") == [mine]
        assert [sign_in_codes.people_at(nothing) for nothing in ("", " ", "nobody@land.example")] == [[], [], []]
        member = f.MembershipFactory(party__mission_email="two@land.example")
        f.MembershipFactory(party=member.party, person__email="minister@land.example")
        f.FocalPointFactory(party=member.party)
        assert sign_in_codes.people_at("two@land.example") == [member.person]

    def test_one_mailbox_of_several_the_newest_summit_first(self) -> None:
        old = f.PersonFactory(email=BOX, summit__starts_on="2024-05-01")
        new = f.SummitFactory()
        two = [f.PersonFactory(email=BOX, summit=new, office=office) for office in ("A", "B")]
        assert sign_in_codes.people_at(BOX) == [*two, old]
        member = f.MembershipFactory(person__email="left@land.example")
        f.InvitationFactory(party=member.party, state="revoked")
        assert sign_in_codes.people_at("left@land.example") == []
        f.InvitationFactory(party=member.party, sent=True)
        assert sign_in_codes.people_at("left@land.example") == [member.person]


class TestAsking:
    def test_the_mail_tells_the_code_in_the_persons_language(self) -> None:
        person = f.PersonFactory(email=BOX, language="fr")
        row = ask()
        message = Message.objects.get()
        assert (message.address, message.language, message.summit) == (BOX, "fr", person.summit)
        code = sign_in_codes.code_of(row.nonce)
        assert code not in str(message.facts)
        mail = portal_access_messages.SIGN_IN_CODE.render(message)
        assert f"    {code[:4]} {code[4:]}\n" in mail.text
        assert code[:4] not in mail.subject
        assert mail.reply_to == "protocol@host.example"
        assert b"Content-Language: fr" in mime.build(message, mail)
        assert portal_access_messages.expired_codes([message]) == {}
        prove(row)
        assert list(portal_access_messages.expired_codes([message])) == [message.pk]

    def test_nothing_tells_whether_a_mailbox_is_known(self) -> None:
        f.PersonFactory(email=BOX)

        def statements(mailbox: str) -> list[str]:
            with CaptureQueriesContext(connection) as captured:
                ask(mailbox)
            return [str(query["sql"]).split(" ")[0] for query in captured.captured_queries]

        known, unknown = statements(BOX), statements("nobody@land.example")
        # The savepoint of the mail is kept or rolled back (and then released); all else is the same.
        assert [word for word in unknown if word != "ROLLBACK"] == known
        assert Message.objects.count() == 1
        assert SignInCode.objects.count() == 2

    def test_a_mailbox_is_not_filled_and_its_owner_not_kept_out(self) -> None:
        f.PersonFactory(email=BOX)
        flood = [ask() for _ in range(9)]
        # Six with eight digits, and a long one that stands for all who ask after that.
        assert [row.digits for row in flood] == [8] * 6 + [12] * 3
        assert Message.objects.count() == len({row.nonce for row in flood}) == 7
        mine = ask()
        # The last code that lies in the mailbox opens the owner's browser, however often others guessed wrong.
        for row in flood[-4:]:
            for _ in range(5):
                assert problem(row.public_id, wrong(row)) in ("wrong", "over")
        told = read(Message.objects.latest("id"))
        assert (len(told), sign_in_codes.prove(public_id=mine.public_id, code=told)) == (12, mine)
        # What lies with several browsers opens one.
        other = flood[-1]
        assert other.nonce == mine.nonce
        assert (problem(other.public_id, told), sign_in_codes.proven(other.public_id)) == ("over", "")
        # They still count as asked for and not used: else the owner's signing in would buy others more guesses.
        assert SignInCode.objects.filter(mailbox=BOX, used_at=None).count() == 9

    def test_a_flood_brings_few_mails_and_the_owner_comes_in_at_any_minute(self) -> None:
        f.PersonFactory(email=BOX)
        start = SignInCode.objects.create(mailbox="x@land.example", expires_at=f.START).created_at
        for number in range(24):
            now = start + timedelta(minutes=20 * number)
            at(now, ask)
            if number in (0, 23):
                mine, told = at(now, ask), read(Message.objects.latest("id"))
                later = now + timedelta(minutes=9)
                assert at(later, sign_in_codes.prove, public_id=mine.public_id, code=told) == mine
        assert (SignInCode.objects.count(), Message.objects.count()) == (27, 23)

    @pytest.mark.slow("asks for as many codes as a day allows")
    def test_no_more_than_a_hundred_guesses_a_day_fall_on_eight_digits(self) -> None:
        """Whoever asks again and again from many networks, and whatever the owner does meanwhile."""
        f.PersonFactory(email=BOX)
        rows = []
        for hour in range(4):
            now = f.START + timedelta(hours=hour)
            rows += [at(now, ask) for _ in range(6)]
            mine = at(now, ask)
            at(now, sign_in_codes.prove, public_id=mine.public_id, code=right(mine))
        assert sum(row.digits == DIGITS for row in rows) * MOST_GUESSES == 100
        assert rows[-1].digits == sign_in_codes.LONG_DIGITS

    def test_control_unlimited_each_request_is_a_mail_of_eight(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sign_in_codes, "MOST_UNUSED", ())
        f.PersonFactory(email=BOX)
        assert {ask().digits for _ in range(7)} == {8}
        assert Message.objects.count() == 7

    def test_who_uses_their_codes_is_never_given_long_ones(self) -> None:
        f.PersonFactory(email=BOX)
        for _ in range(7):
            row = ask()
            assert row.digits == DIGITS
            prove(row)


class TestProving:
    @pytest.fixture
    def asked(self) -> SignInCode:
        f.PersonFactory(email=BOX)
        return ask()

    def test_the_code_opens_once_however_it_is_typed(self, asked: SignInCode) -> None:
        arabic = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
        forms = (lambda code: f" {code} ", lambda code: f"{code[:4]}-{code[4:]}", lambda code: code.translate(arabic))
        for row, form in zip((asked, ask(), ask()), forms, strict=True):
            assert sign_in_codes.prove(public_id=row.public_id, code=form(right(row))) == row
        code = right(asked)
        assert sign_in_codes.proven(asked.public_id) == BOX
        assert problem(asked.public_id, code) == "over"
        SignInCode.objects.update(used_at=f.START)
        assert (sign_in_codes.proven(asked.public_id), sign_in_codes.proven("")) == ("", "")

    def test_five_guesses_and_no_more(self, asked: SignInCode, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [problem(asked.public_id, wrong(asked)) for _ in range(6)]
        assert found == ["wrong"] * 4 + ["over"] * 2
        assert problem(asked.public_id, right(asked)) == "over"
        assert SignInCode.objects.get().attempts == 5
        # Control: uncounted, a sixth would open.
        other = ask()
        monkeypatch.setattr("delegations.portal_access.models.CodeQuerySet.update", lambda self, **values: 1)
        for _ in range(9):
            assert problem(other.public_id, wrong(other)) == "wrong"
        assert prove(other) == other
        # The database holds more guesses back.
        monkeypatch.undo()
        refuses(IntegrityError, SignInCode.objects.update, attempts=6)

    def test_it_is_over_after_ten_minutes_by_the_databases_clock(self, asked: SignInCode) -> None:
        late = ask()
        with time_machine.travel(asked.expires_at + timedelta(days=1), tick=False):
            assert prove(asked) == asked
        SignInCode.objects.update(expires_at=f.START)
        assert problem(late.public_id, right(late)) == "over"

    def test_one_browsers_code_is_not_anothers(self, asked: SignInCode) -> None:
        other = ask()
        assert problem(other.public_id, sign_in_codes.code_of(asked.nonce)) == "wrong"
        assert problem("nobody", sign_in_codes.code_of(asked.nonce)) == "over"
        row = ask("nobody@land.example")
        found = [problem(row.public_id, wrong(row)) for _ in range(4)]
        # Even the right one, which nobody was told.
        found.append(problem(row.public_id, sign_in_codes.code_of(row.nonce)))
        assert found == ["wrong"] * 4 + ["over"]

    def test_the_key_makes_the_code(self, asked: SignInCode, settings: Any) -> None:
        before = sign_in_codes.code_of(asked.nonce)
        old, settings.SECRET_KEY = settings.SECRET_KEY, "another key " * 6
        assert sign_in_codes.code_of(asked.nonce) != before
        assert problem(asked.public_id, before) == "wrong"
        settings.SECRET_KEY_FALLBACKS = [old]
        assert sign_in_codes.prove(public_id=asked.public_id, code=before) == asked
        found = {sign_in_codes.code_of(f"{number:032x}") for number in range(100)}
        assert (len(found), {len(code) for code in found}) == (100, {8})
        assert {code[0] for code in found} == set("0123456789")


def test_old_ones_are_cleared_away() -> None:
    row = ask()
    SignInCode.objects.filter(pk=row.pk).update(created_at=f.START)
    kept = ask()
    heartbeats.clear_expired()
    assert list(SignInCode.objects.all()) == [kept]


def test_a_code_knows_nothing_of_accounts() -> None:
    user = f.UserFactory(email=BOX)
    ask()
    assert Message.objects.count() == 0
    person = f.PersonFactory(email=BOX, user=user)
    assert prove(ask()).mailbox == BOX
    assert list(Person.objects.filter(user=user)) == [person]
