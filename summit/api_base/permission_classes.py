"""Permission classes of API views: by default, nobody may use a view."""

from collections.abc import Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """Refuse everybody. The default of all views, so that a view without permission classes is closed."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return False."""
        return False


class PublicMixin:
    """A view that answers everybody, without authentication."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[Any] = (AllowAny,)
