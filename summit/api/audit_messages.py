"""The wording of audit entries about tokens and applications."""

from typing import Any

from summit.api_base.models.tokens import ApiClient, Token
from summit.audit.actions import describe_model, part
from summit.users.models import User


def _of_user(row: Any) -> Any:
    return Token.objects.filter(user=row)


def _of_api_client(row: Any) -> Any:
    return Token.objects.filter(api_client=row)


describe_model(ApiClient)
describe_model(Token, related=("user", "api_client"), shown_on=lambda row: row.api_client or row.user)
part(User, Token, _of_user)
part(ApiClient, Token, _of_api_client)
