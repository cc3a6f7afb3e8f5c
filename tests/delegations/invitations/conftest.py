"""An invitation in a state, who answers it and how."""

from typing import Any

import pytest

from delegations.invitations.models.invitations import Invitation
from delegations.invitations.services.answers import answer
from summit.audit.services import SYSTEM, By, Link
from summit.permissions.models import Role
from summit.users.models import User
from tests import factories as f


def in_state(state: str) -> Invitation:
    fields: dict[str, Any] = {"state": state}
    if state == "approved":
        fields |= {"approved_at": f.START, "approved_by": f.UserFactory()}
    elif state in ("sent", "answered"):
        fields = {state: True}
    return f.InvitationLinkFactory(invitation=f.InvitationFactory(**fields)).invitation


def give(invitation: Invitation, by: By = SYSTEM, **kwargs: Any) -> None:
    answer(invitation=invitation, by=by, **{"answer": "attending", "note": "", "name": "A. Example", **kwargs})


def desk(invitation: Invitation) -> User:
    return f.UserFactory.with_role(Role.PROTOCOL, invitation.party.summit)


@pytest.fixture
def row(db: None) -> Invitation:
    return in_state("sent")


@pytest.fixture
def by(row: Invitation) -> User:
    return desk(row)


@pytest.fixture
def link(row: Invitation) -> Link:
    return Link(row.links.get().public_id)
