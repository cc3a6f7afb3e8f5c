"""Permission classes of API views. By default a view refuses everybody."""

from collections.abc import Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """Refuses everybody. It is the default of all views, so that a view without permission classes isn't public."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return False for every request."""
        return False


class PublicMixin:
    """A view that everybody may use, without authentication."""

    # The kind of public object that the URL names (`summit.permissions.route_access`).
    object_kind = ""
    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[Any] = (AllowAny,)
