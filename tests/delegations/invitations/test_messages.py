"""The letter of invitation, from the outbox to the wire."""

from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail

from delegations.invitations import letter_pdf
from delegations.invitations.models.invitations import InvitationLink
from delegations.invitations.services import links
from delegations.invitations.services.invitations import invite, revoke
from delegations.parties.models.parties import Party
from delegations.tasks import deliver_invitations
from summit.outbox import delivery
from summit.outbox.message_kinds import KINDS, never_withdrawn
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let letters go without their paper, which test_letters.py looks at."""
    monkeypatch.setattr(letter_pdf, "write", lambda sheet, emblem=b"": b"%PDF-")


def invited(**kwargs: Any) -> tuple[Party, User]:
    party = f.PartyFactory(**kwargs)
    by = f.UserFactory.with_role(Role.ORGANISER, party.summit)
    invite(parties=[party], by=by)
    return party, by


def sent() -> list[EmailMessage]:
    delivery.deliver(list(Message.objects.values_list("pk", flat=True)))
    return [message_from_bytes(entry.message().as_bytes(), policy=default) for entry in mail.outbox]  # type: ignore[misc]


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n")


def test_the_letter_reads_as_it_should(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    dates = {"answer_by": datetime(2099, 3, 14, 17, 0, tzinfo=UTC), "starts_on": date(2099, 3, 31)}
    named = {"name": "Border Security Summit", "host": "the Home Office", "ends_on": date(2099, 4, 1)}
    land = {"name": "Côte d'Ivoire", "formal_name": "Republic of Côte d'Ivoire", "mission_email": "m@ci.example"}
    invited(summit=f.SummitFactory(**named, **dates), **land)
    (letter,) = sent()
    assert letter["Subject"] == "Invitation to the Border Security Summit (Côte d'Ivoire)"
    assert (letter["To"], letter["Reply-To"]) == ("m@ci.example", "protocol@host.example")
    assert (letter["Content-Language"], letter["Auto-Submitted"]) == ("en", "auto-generated")
    assert text_of(letter) == (
        f"Republic of Côte d'Ivoire\n\nYour Excellency,\n\nWe have the honour to invite your delegation to the "
        f"Border Security Summit, to be held in London from Tuesday 31 March 2099 to Wednesday 1 April 2099.\n\nWe "
        f"would be grateful for your reply by Saturday 14 March 2099, 17:00 London time.\n\n"
        f"You can reply, and change your reply until the deadline, at this address:\n"
        f"{links.url(InvitationLink.objects.get())}\nThe address is personal. Anyone who has it can answer in your "
        f"name and read your agenda, so do not pass it on. It works until Thursday 2 April 2099, 00:00 London "
        f"time.\n\nThe protocol service remains at your disposal for any question, or if you need a new letter: "
        f"protocol@host.example.\n\nWe avail ourselves of this opportunity "
        f"to renew to you the assurances of our highest consideration.\n\nthe Home Office\n\n--\n"
        f"You are receiving this because you are invited to the summit.\n"
    )


def test_a_delegation_is_addressed_by_its_style_and_an_organisation_by_name_or_plainly() -> None:
    summit = f.SummitFactory()
    kinds = ["country", "organisation", "organisation", "country"]
    party, named, company, unstyled = (f.PartyFactory(summit=summit, kind=kind) for kind in kinds)
    nameless = f.PartyFactory(summit=summit, kind="organisation", mission_email="")
    f.FocalPointFactory(party=nameless, person__name="", person__office="Focal point for Aland")
    Party.objects.filter(pk__in=[named.pk, unstyled.pk]).update(mission_email="")
    Party.objects.filter(pk=unstyled.pk).update(recognised=False, flag="none")
    for each in (named, unstyled):
        f.FocalPointFactory(party=each, person__name="A. Example", person__office="First Secretary")
    by = f.UserFactory.with_role(Role.PROTOCOL, summit)
    invite(parties=[party, named, company, unstyled, nameless], by=by)
    openings = sorted(text_of(letter).splitlines()[2] for letter in sent())
    assert openings == [*["Dear A. Example,"] * 2, *["Dear Sir or Madam,"] * 2, "Your Excellency,"]


def test_what_was_revoked_before_it_went_out_stays_here() -> None:
    for end in (
        lambda link, by: revoke(invitation=link.invitation, by=by),
        lambda link, by: links.revoke(link=link, by=by),
        lambda link, by: InvitationLink.objects.filter(pk=link.pk).update(expires_at=f.START),
    ):
        party, by = invited()
        end(InvitationLink.objects.get(invitation__party=party), by)
    # It does not hold up the others.
    other, _by = invited(mission_email="other@land.example")
    assert [letter["To"] for letter in sent()] == [other.mission_email]
    found = Message.objects.exclude(address=other.mission_email).values_list("state", "problem")
    assert list(found) == [("dropped", "@delegations.link_dead:")] * 3


def test_control_without_the_recheck_it_goes_out(monkeypatch: pytest.MonkeyPatch) -> None:
    _party, by = invited()
    revoke(invitation=InvitationLink.objects.get().invitation, by=by)
    monkeypatch.setitem(KINDS, "invitation", replace(KINDS["invitation"], withdrawn=never_withdrawn))
    assert len(sent()) == 1


def test_the_sweep_hands_letters_to_their_own_task_which_delivers_once_however_often_it_runs() -> None:
    invited()
    ids = list(Message.objects.values_list("pk", flat=True))
    assert KINDS["invitation"].task == deliver_invitations.name
    assert list(delivery.hand_out()) == [("delegations.tasks.deliver_invitations", ids)]
    for _time in range(2):
        deliver_invitations(ids)
    assert (len(mail.outbox), Message.objects.get().state) == (1, "sent")


def test_names_with_line_breaks_and_markup_stay_text() -> None:
    invited(name="A\nBcc: x@y.example <b>&</b>", formal_name="Land <i> &\nSons")
    (letter,) = sent()
    assert letter["Bcc"] is None
    assert letter["Subject"].endswith("(A Bcc: x@y.example <b>&</b>)")
    assert text_of(letter).splitlines()[0] == "Land <i> & Sons"
