"""The accounts of a summit, read-only: their e-mail addresses, and the persons that they belong to."""

from typing import Any, ClassVar

import django_filters
from allauth.mfa.models import Authenticator
from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from summit.accounts import visible_accounts as accounts_selectors
from summit.api_base.viewsets import DeskViewSet
from summit.people.models import Person
from summit.summits.models import Summit
from summit.users.models import User


class AccountSerializer(serializers.ModelSerializer[User]):
    """An account that signs in by an e-mail address.

    `person` is the id of the person with this account in the summit, or null.
    """

    id = serializers.CharField(source="public_id", read_only=True)
    person = serializers.CharField(read_only=True, allow_null=True)
    second_step = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField(source="date_joined", read_only=True)

    class Meta:
        model = User
        fields: ClassVar[list[str]] = [
            *("id", "email", "name", "language", "is_active", "second_step", "last_login", "created_at", "person")
        ]

    def get_second_step(self, user: Any) -> list[str]:
        """Return the kinds of second step of the account: "webauthn" for a passkey, "totp" for an app."""
        return sorted({row.type for row in user.authenticator_set.all()})


class AccountFilters(django_filters.FilterSet):
    """The filters of the list of accounts."""

    email = django_filters.CharFilter(lookup_expr="iexact", label=_("email"))
    is_active = django_filters.BooleanFilter(label=_("can sign in"))
    person = django_filters.CharFilter(label=_("linked person"))


class UserViewSet(DeskViewSet):
    """Accounts that hold a role in the summit or belong to a person there. They can't be added or closed here."""

    name = "accounts"
    verbose_name = _("accounts")
    permission = "summit.user"
    allowed_methods = ()
    model = User
    serializer_class = AccountSerializer
    filterset_class = AccountFilters
    ordering_fields: ClassVar[Any] = {"email": ("email",), "created_at": ("date_joined",)}
    personal = ("email", "name")

    def get_queryset(self, user: User, slug: str) -> QuerySet[Any]:
        """Return the accounts of a summit that `user` may see, each with its person there and its second steps."""
        person = Person.objects.filter(user=OuterRef("pk"), summit__slug=slug).order_by().values("public_id")
        steps = Prefetch("authenticator_set", Authenticator.objects.only("user_id", "type"))
        accounts = accounts_selectors.of_summit(slug=slug, to=user).annotate(person=Subquery(person[:1]))
        return accounts.prefetch_related(steps)

    def get_queryset_with_summit(self, user: User, slug: str) -> QuerySet[Any]:
        """Return the same accounts as `get_queryset`: an account has no summit that could be loaded with it."""
        return self.get_queryset(user, slug)

    def summit_of(self, row: User, slug: str) -> Summit:
        """Return the summit with the slug in the URL."""
        return Summit.objects.get(slug=slug)
