"""Who may ask a view of the API that doesn't say so itself: nobody."""

from collections.abc import Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import AllowAny, BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """Refuse everybody. The default of all views, so that one that says nothing of permissions opens nothing."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Return False."""
        return False


class PublicMixin:
    """A view that answers everybody and never looks who asks."""

    authentication_classes: Sequence[type[BaseAuthentication]] = ()
    permission_classes: Sequence[Any] = (AllowAny,)
