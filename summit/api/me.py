"""The current user: who they are, what they may do, and their tokens."""

from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from summit.api_base import etags, query_params, token_services
from summit.api_base.authenticated_views import WorkingView
from summit.api_base.models.tokens import Token
from summit.api_base.pagination import ByNewest
from summit.api_base.problems import Problem, unprocessable
from summit.api_base.scopes import all_scopes
from summit.api_base.viewset_views import check_fields
from summit.permissions.models import Role
from summit.permissions.rules import may_everything, roles_by_summit
from summit.summits.models import Summit


class TokenSerializer(serializers.ModelSerializer[Token]):
    """A token, without its secret."""

    id = serializers.CharField(source="public_id", read_only=True)
    begins_with = serializers.CharField(source="begins", read_only=True)
    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)
    summit = serializers.SlugRelatedField[Summit](slug_field="slug", read_only=True, allow_null=True)
    state = serializers.SerializerMethodField()

    class Meta:
        model = Token
        fields = [
            "id",
            "name",
            "begins_with",
            "scopes",
            "summit",
            "state",
            "created_at",
            "expires_at",
            "last_used_at",
        ]

    @extend_schema_field(serializers.ChoiceField(choices=["alive", "expired", "revoked"]))
    def get_state(self, row: Token) -> str:
        """Return the state of the token now: "alive", "expired" or "revoked"."""
        return row.state(timezone.now())


class NewTokenSerializer(TokenSerializer):
    """A new token. Only this response contains its secret."""

    secret = serializers.CharField(
        allow_null=True, help_text="Null where the answer is given again for the same Idempotency-Key."
    )

    class Meta(TokenSerializer.Meta):
        fields = [*TokenSerializer.Meta.fields, "secret"]


class ScopedInput(serializers.Serializer[Any]):
    """The name of a token, what it may do, and when it expires."""

    name = serializers.CharField(max_length=100)
    expires_at = serializers.DateTimeField(
        required=False, allow_null=True, help_text="A year from now where it isn't given, and at most."
    )

    def get_fields(self) -> dict[str, Any]:
        """Return the fields. The scopes are determined here, because by then all apps have declared theirs."""
        scopes = serializers.ListField(child=serializers.ChoiceField(choices=all_scopes()), allow_empty=False)
        return {**super().get_fields(), "scopes": scopes}


class TokenInput(ScopedInput):
    """The name, scopes and end of a token, and the summit that the token is limited to."""

    summit = serializers.SlugRelatedField(
        slug_field="slug",
        queryset=Summit.objects.all(),
        required=False,
        allow_null=True,
        help_text="Only there.",
        # The message must not reveal whether there is another summit with this slug.
        error_messages={"does_not_exist": token_services.NOT_YOURS},
    )


class RolesSerializer(serializers.Serializer[Any]):
    """The roles of the user in a summit."""

    summit = serializers.CharField(help_text="The first part of its addresses.")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


class MeSerializer(serializers.Serializer[Any]):
    """The account of the user who makes the request."""

    id = serializers.CharField()
    name = serializers.CharField()
    email = serializers.EmailField()
    language = serializers.CharField()
    everything = serializers.BooleanField(help_text="Whether they set the system up, and may do everything.")
    roles = RolesSerializer(many=True)
    token = TokenSerializer(allow_null=True, help_text="By which they ask; null in a browser.")


class Me(WorkingView):
    """The current user."""

    @extend_schema(responses=MeSerializer, operation_id="who_am_i", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the user's account, the user's roles in each summit, and the token of the request."""
        held = roles_by_summit(self.by)
        summits = Summit.objects.filter(pk__in=held).order_by("slug").values_list("pk", "slug")
        profile = {
            "id": self.by.public_id,
            **{name: getattr(self.by, name) for name in ("name", "email", "language")},
            "everything": may_everything(self.by),
            "roles": [{"summit": slug, "roles": sorted(held[pk])} for pk, slug in summits if held[pk]],
            "token": self.token,
        }
        return Response(MeSerializer(profile).data)


class OfTokens(WorkingView):
    """The base of the views of the user's own tokens."""

    def mine(self) -> QuerySet[Token]:
        """Return the user's tokens.

        If the request's token is limited to a summit, return only tokens of that summit.
        """
        rows = token_services.listed(self.by)
        summit_id = self.token.summit_id if self.token else None
        return rows if summit_id is None else rows.filter(summit=summit_id)


class Tokens(OfTokens):
    """The user's own tokens."""

    scope = "tokens"
    shown_once = ("secret",)
    pagination_class = ByNewest

    def known_parameters(self) -> tuple[str, ...]:
        """Return the names of the query parameters of the list; () for other methods than GET and HEAD."""
        return query_params.PAGING if self.request.method in ("GET", "HEAD") else ()

    @extend_schema(responses=TokenSerializer(many=True), operation_id="list_my_tokens", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List my tokens, the newest first."""
        query_params.check_page_size(request.query_params)
        pages = ByNewest()
        page = pages.paginate_queryset(self.mine(), request, self)
        return pages.get_paginated_response(TokenSerializer(page, many=True).data)

    @extend_schema(request=TokenInput, responses={201: NewTokenSerializer}, operation_id="make_my_token", tags=["me"])
    def post(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Create a token. This needs a browser session, not a token."""
        if self.token is not None:
            raise Problem("browser-only")
        return self.once(self._make)

    def _make(self) -> Response:
        serializer = TokenInput(data=self.request.data)
        check_fields(self.request.data, serializer.fields)
        if not serializer.is_valid():
            raise unprocessable(serializer.errors)
        new_token = token_services.make(by=self.by, **serializer.validated_data)
        data = {**TokenSerializer(new_token.token).data, "secret": new_token.secret}
        location = self.request.build_absolute_uri(f"{self.request.path}{new_token.token.public_id}/")
        return Response(data, status=HTTPStatus.CREATED, headers={"Location": location})


class OneToken(OfTokens):
    """One of my tokens."""

    object_kind = "token"
    scope = "tokens"

    def admit(self, request: Request) -> None:
        """Find the token of the URL among the user's own. Raises Http404."""
        token = self.mine().filter(public_id=self.kwargs["id"]).first()
        if token is None:
            raise Http404
        self.found = token

    @extend_schema(responses=TokenSerializer, operation_id="get_my_token", tags=["me"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the token, without its secret."""
        data = TokenSerializer(self.found).data
        return Response(data, headers={"ETag": etags.tag(etags.state_of(_lasting(data)), "", ())})

    @extend_schema(responses=None, operation_id="revoke_my_token", tags=["me"])
    def delete(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revoke the token, so that it is no longer valid."""
        etags.require_if_match(request)
        etags.check_match(request, etags.state_of(_lasting(TokenSerializer(self.found).data)))
        token_services.revoke(token=self.found, by=self.by)
        return Response(status=HTTPStatus.NO_CONTENT)


def _lasting(data: Any) -> dict[str, Any]:
    """Return the data of a token without the time of its last use, which nobody can change."""
    return {name: value for name, value in data.items() if name != "last_used_at"}
