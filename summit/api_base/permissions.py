"""The rules for applications and tokens. A personal token is visible only to its owner."""

from django.db.models import Q

from summit.api_base.models.tokens import Token
from summit.permissions.models import Role
from summit.permissions.rules import declare, declare_model, own_rows
from summit.users.models import User

declare_model("api.apiclient", view=(Role.ORGANISER,), change=(Role.ORGANISER,))
declare("api.apiclient.token", (Role.ORGANISER,))


@own_rows(Token)
def _own(user: User, role: str) -> Q:
    return Q(user=user)
