"""The wording of audit entries about tokens and applications."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from summit.api_base.models.tokens import ApiClient, Token
from summit.audit.actions import Facts, describe_action, describe_actions, describe_model, part
from summit.users.models import User

describe_action("api.token.add", gettext_lazy("made the token"))
describe_action("api.token.revoke", gettext_lazy("revoked the token"))
describe_actions(
    "api.apiclient",
    add=gettext_lazy("made the application"),
    change=gettext_lazy("changed the application"),
    remove=gettext_lazy("deleted the application"),
)


def _ended(facts: Facts) -> str:
    number = int(facts.detail.get("tokens", 0))
    if not number:
        return _("ended the application")
    message = ngettext(
        "ended the application and its %(number)d token", "ended the application and its %(number)d tokens", number
    )
    return message % {"number": number}


describe_action("api.apiclient.end", _ended, label=gettext_lazy("ended the application"))


def _of_user(row: Any) -> Any:
    return Token.objects.filter(user=row)


def _of_api_client(row: Any) -> Any:
    return Token.objects.filter(api_client=row)


describe_model(ApiClient)
describe_model(Token, related=("user", "api_client"), shown_on=lambda row: row.api_client or row.user)
part(User, Token, _of_user)
part(ApiClient, Token, _of_api_client)
