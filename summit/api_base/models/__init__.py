"""The models of the API: tokens, applications, stored responses and request counts."""

from summit.api_base.models.answers import IdempotencyRecord, RequestCount
from summit.api_base.models.tokens import ApiClient, Token

__all__ = ["ApiClient", "IdempotencyRecord", "RequestCount", "Token"]
