"""What many tests of the delegations use: a browser of a role, what a page says, how many queries something takes."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.contrib.admin.sites import site
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from PIL import Image

from delegations.invitations.models.invitations import Invitation, InvitationLink
from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from summit.audit.services import Link
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests import factories as f
from tests.clients import signed_in


def sign_in(summit: Summit, role: Role = Role.ORGANISER, **values: Any) -> Client:
    """Return a browser in which a new account with a role in the summit is signed in."""
    return signed_in(f.UserFactory.with_role(role, summit, **values))


def protocol(of: Summit | Party) -> User:
    """Return a new account of the protocol desk of a summit, or of a party's."""
    return f.UserFactory.with_role(Role.PROTOCOL, of.summit if isinstance(of, Party) else of)


def link(party: Party) -> Link:
    """Return whoever followed the letter's link of a party."""
    found = InvitationLink.objects.filter(invitation__party=party).first()
    return Link((found or f.InvitationLinkFactory(invitation__party=party)).public_id)


def category(of: Summit | Party, code: str = "delegate") -> Category:
    return Category.objects.of(of.summit if isinstance(of, Party) else of)[code]


def text(response: Any) -> str:
    """Return what a page says, with single spaces."""
    return " ".join(response.content.decode().split())


def said(response: Any) -> list[str]:
    """Return the messages that go with a response."""
    return [str(message) for message in get_messages(response.wsgi_request)]


def queries(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def refuses(
    error: type[BaseException], work: Callable[..., Any], *given: Any, match: str | None = None, **named: Any
) -> Any:
    """Return the error with which something refuses what it is given, in words that match."""
    with pytest.raises(error, match=match) as caught:
        work(*given, **named)
    return caught.value


def queries_of(client: Client, *addresses: str) -> int:
    """Return how many queries pages take when they are opened again: once an hour it is recorded who saw them."""

    def ask() -> None:
        for address in addresses:
            assert client.get(address).status_code == 200, address

    ask()
    return queries(ask)


def emblem() -> bytes:
    """Return a picture as an emblem is stored."""
    buffer = BytesIO()
    Image.new("RGBA", (300, 150), "#1d4f91").save(buffer, "PNG")
    return buffer.getvalue()


def answered(summit: Summit, answer: str, **values: Any) -> Invitation:
    return f.InvitationFactory(party__summit=summit, answered=True, answer=answer, **values)


def one_of_each(summit: Summit) -> None:
    """Make a party for each thing that can have come of its invitation, called after it."""
    f.PartyFactory(summit=summit, name="Host", is_host=True)
    f.PartyFactory(summit=summit, name="Uninvited")
    f.InvitationFactory(party__summit=summit, party__name="Draft")
    f.InvitationFactory(party__summit=summit, party__name="Open", sent=True)
    answered(summit, "attending", party__name="Attending")
    answered(summit, "regrets", party__name="Regrets")
    f.InvitationFactory(party__summit=summit, party__name="Revoked", state="revoked")


def request_of(by: User, **query: Any) -> HttpRequest:
    """Return a request of somebody who is signed in, for what pages at the desk are made of."""
    request = RequestFactory().get("/admin/", query)
    request.user = by
    return request


def listed(by: User, model: type[Model], **query: Any) -> list[Any]:
    """Return the rows that a list at the desk has for somebody, narrowed by what its address asks for."""
    return list(site.get_model_admin(model).get_changelist_instance(request_of(by, **query)).result_list)
