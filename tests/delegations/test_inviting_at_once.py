"""45 delegations and 3 companies are invited by one action, and once, however many browsers press the button."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse

from delegations.domain import invitations
from delegations.models import Invitation, InvitationLink, Party
from summit.models import AuditEntry, Role, Summit
from summit.outbox.models import Message
from tests import factories as f
from tests.delegations.helpers import said, sign_in
from tests.threads import at_once, meeting

SILENT = "It has no mailbox. Enter the mission's mailbox, or a focal point with an e-mail address."


@pytest.fixture
def summit(db: None) -> Summit:
    found = f.SummitFactory(slug="here")
    f.PartyFactory(summit=found, name="Host", is_host=True)
    f.PartyFactory.create_batch(45, summit=found)
    f.PartyFactory.create_batch(3, summit=found, kind="organisation")
    f.PartyFactory(summit=found, name="Silent", mission_email="")
    return found


def page_of(client: Client) -> Any:
    return client.get(reverse("admin:delegations_party_invite"), {"summit": "here"})


def press(client: Client, page: Any) -> list[str]:
    """Press the page's button, and return what is said."""
    (step,) = page.context["steps"]
    keys = [party.pk for party, _addresses in step["rows"]]
    return said(client.post(reverse("admin:delegations_party_invite"), {"party": keys, "do": step["step"]}))


def stored() -> tuple[int, int, int, int]:
    """How many invitations, links, letters and records there are."""
    return (
        Invitation.objects.filter(state="sent").count(),
        InvitationLink.objects.count(),
        Message.objects.count(),
        AuditEntry.objects.filter(action="delegations.invite").count(),
    )


@pytest.mark.django_db
def test_one_action_says_whom_it_reaches_and_whom_not_and_why(summit: Summit) -> None:
    client = sign_in(summit)
    page = page_of(client)
    assert page.context["title"] == "Invite 48 parties"
    assert [(party.name, why) for party, why in page.context["skipped"]] == [("Silent", SILENT)]
    content = page.content.decode()
    assert "48 letters go out, each with a link by which the party answers." in content
    assert "1 party is left out" in content
    assert press(client, page) == ["48 parties are invited; their letters are on their way (48)."]
    assert stored() == (48, 48, 48, 48)
    kinds = Party.objects.filter(invitations__isnull=False).values_list("kind", flat=True)
    assert (list(kinds).count("organisation"), len(kinds)) == (3, 48)
    # Pressed again on the page that is still open.
    assert press(client, page)[-1] == "48 parties are left out, each for this reason: It has been invited already."
    assert stored() == (48, 48, 48, 48)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
class TestTwoBrowsers:
    def both_press(self, summit: Summit) -> list[Any]:
        """Let an organiser and protocol press the same button, on pages that both reach the 48."""
        browsers = [sign_in(summit), sign_in(summit, Role.PROTOCOL)]
        pages = [page_of(browser) for browser in browsers]
        assert [page.context["number"] for page in pages] == [48, 48]
        one, other = zip(browsers, pages, strict=True)
        return at_once(lambda: press(*one), lambda: press(*other))

    def test_it_sends_once_and_the_other_is_told(self, summit: Summit) -> None:
        (one,), (other,) = sorted(self.both_press(summit))
        assert one == "48 parties are invited; their letters are on their way (48)."
        assert other == "48 parties are left out, each for this reason: It has been invited already."
        assert stored() == (48, 48, 48, 48)

    def test_control_without_lock_and_condition_one_of_them_meets_an_error(
        self, summit: Summit, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for party in Party.objects.filter(is_host=False).exclude(mission_email=""):
            f.InvitationFactory(party=party)
        looked = meeting()

        def unlocked(parties: list[Party], occasion: str, *, approves: bool) -> list[Invitation]:
            rows = list(Invitation.objects.filter(party__in=parties, occasion=occasion).order_by("pk"))
            looked()
            return rows

        monkeypatch.setattr(invitations, "_lock", lambda summits: None)
        monkeypatch.setattr(invitations, "_sendable", unlocked)
        came = self.both_press(summit)
        # The links' own constraint is the last line: no letter goes twice, and somebody sees a fault.
        assert sorted(isinstance(each, IntegrityError) for each in came) == [False, True]
        assert stored() == (48, 48, 48, 48)
