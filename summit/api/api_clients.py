"""Applications and their tokens, for organisers.

A token can't create an application. Such an application would remain after the token is revoked, and could have more
permissions than the token. A token may list, revoke and end applications and their tokens.
"""

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from summit.api import api_client_services
from summit.api.me import ScopedInput, TokenSerializer
from summit.api.role_assignments import ROLES
from summit.api_base import token_services
from summit.api_base.actions import action
from summit.api_base.models.tokens import ApiClient, Token
from summit.api_base.problems import Problem
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class ApplicationSerializer(serializers.ModelSerializer[ApiClient]):
    """A program that acts for itself, as an account with roles of its own."""

    id = serializers.CharField(source="public_id", read_only=True)
    account = serializers.CharField(source="user.public_id")
    roles = serializers.SerializerMethodField()

    class Meta:
        model = ApiClient
        fields: ClassVar[list[str]] = ["id", "name", "account", "roles", "created_at", "ended_at"]

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=ROLES)))
    def get_roles(self, row: ApiClient) -> list[str]:
        """Return the roles of the application's account; none once the application has ended."""
        return sorted(each.role for each in row.user.roles.all())


class ApplicationInput(serializers.Serializer[Any]):
    """The name of an application, and the roles that it acts in."""

    name = serializers.CharField(max_length=100)
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES), allow_empty=False)


class ApplicationTokenSerializer(TokenSerializer):
    """A token of an application, without its secret."""

    application = serializers.CharField(source="api_client.public_id")

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "application"]


class NewApplicationTokenSerializer(ApplicationTokenSerializer):
    """A new token of an application. Only this response contains its secret."""

    secret = serializers.CharField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )

    class Meta(ApplicationTokenSerializer.Meta):
        fields = [*ApplicationTokenSerializer.Meta.fields, "secret"]


class ApplicationTokenInput(ScopedInput):
    """The name, scopes and end of an application's token.

    The token's permissions are limited by the application's roles.
    """


class ApplicationFilters(django_filters.FilterSet):
    """The filters of the list of applications."""

    ended = django_filters.BooleanFilter(
        field_name="ended_at", lookup_expr="isnull", exclude=True, label=_("has ended")
    )


class ApplicationTokenFilters(django_filters.FilterSet):
    """The filters of the list of applications' tokens."""

    application = django_filters.CharFilter(field_name="api_client__public_id", label=_("API client"))


class ApiClientViewSet(DeskViewSet):
    """Applications. They are created in a browser and can be ended, but not changed."""

    name = "applications"
    verbose_name = _("API clients")
    permission = "api.apiclient"
    allowed_methods = ("add",)
    model = ApiClient
    serializer_class = ApplicationSerializer
    input_serializer_class = ApplicationInput
    filterset_class = ApplicationFilters
    ordering_fields: ClassVar[Any] = {"name": ("name",), "created_at": ("-created_at",)}

    def rows(self) -> QuerySet[ApiClient]:
        """Return all applications, with the roles of their accounts."""
        return ApiClient.objects.select_related("summit", "user").prefetch_related("user__roles")

    def add(self, *, by: User, summit: Summit, values: Values) -> ApiClient:
        """Create an application and an account for it with these roles. This needs a browser session, not a token."""
        _only_in_a_browser(by)
        return api_client_services.make(by=by, summit=summit, name=values["name"], given=values["roles"])

    @action("end", permission="api.apiclient.change")
    def end(self, *, by: User, row: ApiClient, values: Values) -> None:
        """End the application: its tokens are revoked, and its account is closed and loses its roles."""
        api_client_services.end(api_client=row, by=by)

    @action(
        "make-token",
        permission="api.apiclient.token",
        input=ApplicationTokenInput,
        output=NewApplicationTokenSerializer,
        shown_once=("secret",),
    )
    def make_token(self, *, by: User, row: ApiClient, values: Values) -> Token:
        """Create a token for the application, and show its secret once. This needs a browser session, not a token."""
        _only_in_a_browser(by)
        new_token = token_services.make_for(by=by, api_client=row, **values)
        new_token.token.secret = new_token.secret  # type: ignore[attr-defined]
        return new_token.token


class ApiClientTokenViewSet(DeskViewSet):
    """Tokens of applications, without their secrets."""

    name = "application-tokens"
    verbose_name = _("API client tokens")
    permission = "api.apiclient"
    allowed_methods = ()
    model = Token
    serializer_class = ApplicationTokenSerializer
    filterset_class = ApplicationTokenFilters
    ordering_fields: ClassVar[Any] = {"created_at": ("-created_at",)}

    def rows(self) -> QuerySet[Token]:
        """Return the tokens of all applications. Personal tokens are left out: only their owners may see them."""
        return Token.objects.filter(api_client__isnull=False).select_related("summit", "api_client", "user")

    @action("revoke", permission="api.apiclient.token")
    def revoke(self, *, by: User, row: Token, values: Values) -> None:
        """Revoke the token, so that it is no longer valid."""
        token_services.revoke(token=row, by=by)


def _only_in_a_browser(by: User) -> None:
    """Raise Problem ("browser-only") if the request was made with a token."""
    if by.by_token:
        raise Problem("browser-only")
