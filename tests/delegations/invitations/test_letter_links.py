"""The links in letters: what opens, what doesn't, and that the database alone opens nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from delegations.invitations import link_tokens
from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.invitations.services import links
from delegations.invitations.services.links import LinkProblem
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.delegations.helpers import refuses

pytestmark = pytest.mark.django_db
CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def problem_of(token: str) -> str:
    refused = refuses(LinkProblem, links.resolve, token)
    return refused.reason


def test_a_token_is_the_same_every_time_and_opens_its_link(settings: Any) -> None:
    settings.BASE_URL = "https://summit.example"
    link = f.InvitationLinkFactory()
    token = links.token(link)
    assert (len(token), set(token) <= set(CHARACTERS)) == (44, True)
    assert links.token(InvitationLink.objects.get(pk=link.pk)) == token
    assert links.url(link) == f"https://summit.example/i/{token}/"
    assert links.resolve(token) == link
    # One that is signed and has no row is unknown; changing any character mangles it.
    assert problem_of(links.sign("0" * 32)) == "unknown"
    for position, character in enumerate(token):
        other = CHARACTERS[(CHARACTERS.index(character) + 1) % 64]
        assert problem_of(token[:position] + other + token[position + 1 :]) == "mangled"


def test_what_has_not_the_form_is_mangled_without_a_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        for bad in ("", "x", "A" * 43, "A" * 45, "A" * 44, "é" * 44, "+" * 44, "=" * 44):
            assert problem_of(bad) == "mangled"


def test_the_database_alone_opens_nothing(settings: Any) -> None:
    link = f.InvitationLinkFactory()
    token = links.token(link)
    settings.SECRET_KEY = "another"
    assert links.token(link) != token
    assert problem_of(token) == "mangled"
    settings.SECRET_KEY_FALLBACKS = ["development only: known to everybody who can read this file"]
    assert links.resolve(token) == link


def test_control_without_the_signature_a_nonce_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    link = f.InvitationLinkFactory()
    monkeypatch.setattr(link_tokens, "signature", lambda nonce, secret: b"\0" * 17)
    forged = links.sign(link.nonce)
    assert links.resolve(forged) == link
    monkeypatch.undo()
    assert problem_of(forged) == "mangled"


def test_expired_on_the_databases_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = db_now()
    old = f.InvitationLinkFactory(expires_at=now - timedelta(seconds=1))
    young = f.InvitationLinkFactory(expires_at=now + timedelta(minutes=1))
    assert problem_of(links.token(old)) == "expired"
    assert links.resolve(links.token(young)) == young
    # Control: without `live` an expired link opens.
    monkeypatch.setattr("delegations.invitations.models.invitations.LinkQuerySet.live", lambda self: self)
    assert links.resolve(links.token(old)) == old


def test_revoked_with_its_link_or_its_invitation() -> None:
    revoked = f.InvitationLinkFactory(revoked_at=f.START, expires_at=f.START)
    with_invitation = f.InvitationLinkFactory()
    Invitation.objects.filter(pk=with_invitation.invitation_id).update(state="revoked")
    for link in (revoked, with_invitation):
        refused = refuses(LinkProblem, links.resolve, links.token(link))
        assert (refused.reason, refused.link) == ("revoked", link)


def test_a_link_lasts_sixty_days_or_until_answers_are_due_or_through_the_last_day() -> None:
    now = db_now()
    for answer_in, expected_in in ((None, 60), (10, 60), (90, 90)):
        due = None if answer_in is None else now + timedelta(days=answer_in)
        summit = f.SummitFactory(answer_by=due)
        assert abs(links.expiry(summit) - now - timedelta(days=expected_in)) < timedelta(minutes=1)
    summit = f.SummitFactory(starts_on=date(2099, 6, 1), ends_on=date(2099, 6, 2))
    assert links.expiry(summit) == datetime(2099, 6, 2, 23, 0, tzinfo=UTC)


def test_only_the_first_use_is_noted() -> None:
    link = f.InvitationLinkFactory()
    links.record_first_use(link)
    first = InvitationLink.objects.get(pk=link.pk).first_used_at
    assert first is not None
    links.record_first_use(link)
    assert InvitationLink.objects.get(pk=link.pk).first_used_at == first


def test_protocol_revokes_links_and_others_do_not(summit: Summit, protocol: User) -> None:
    link = f.InvitationLinkFactory(invitation__party__summit=summit)
    with pytest.raises(PermissionDenied, match="organiser, protocol"):
        links.revoke(link=link, by=f.UserFactory.with_role(Role.PROGRAMME, summit))
    assert links.resolve(links.token(link)) == link
    links.revoke(link=link, by=protocol)
    assert problem_of(links.token(link)) == "revoked"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_key, entry.by) == ("delegations.revoke_link", link.public_id, protocol)
    assert "already revoked" in str(refuses(ValueError, links.revoke, link=link, by=protocol))
