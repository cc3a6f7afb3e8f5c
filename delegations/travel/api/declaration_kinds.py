"""API of the kinds of declaration."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.core.api.fields import ByLanguage
from delegations.travel.models.declarations import DeclarationKind
from delegations.travel.services import declaration_kinds
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User


class DeclarationKindSerializer(serializers.ModelSerializer[DeclarationKind]):
    """A kind of declaration: what has to be declared, until when, and whether it needs a permit."""

    id = serializers.IntegerField(source="pk", read_only=True)
    called = serializers.CharField(source="__str__", read_only=True, help_text="In the reader's language.")
    names = ByLanguage(child=serializers.CharField(), read_only=True)

    class Meta:
        model = DeclarationKind
        fields: ClassVar[list[str]] = ["id", "called", "name", "names", "asks", "permit", "until", "position"]
        read_only_fields = fields


class NamesOfKind(ByLanguage):
    """The names of the kind in other languages."""

    child = serializers.CharField(max_length=120)


class DeclarationKindInput(serializers.ModelSerializer[DeclarationKind]):
    """A kind of declaration. Without `position`, it comes after the others."""

    names = NamesOfKind(required=False)

    class Meta:
        model = DeclarationKind
        fields: ClassVar[list[str]] = ["name", "names", "asks", "permit", "until", "position"]
        validators: ClassVar[list[Any]] = []


class DeclarationKindViewSet(DeskViewSet):
    """Kinds of declaration. They can't be deleted, because declarations refer to them."""

    name = "declaration-kinds"
    verbose_name = _("declaration types")
    permission = "delegations.declarationkind"
    allowed_methods = ("add", "change")
    lookup_field = "pk"
    model = DeclarationKind
    serializer_class = DeclarationKindSerializer
    input_serializer_class = DeclarationKindInput
    ordering_fields: ClassVar[Any] = {"position": ("position",)}

    def rows(self) -> QuerySet[DeclarationKind]:
        """Return kinds with their summits."""
        return DeclarationKind.objects.select_related("summit")

    def add(self, *, by: User, summit: Summit, values: Values) -> DeclarationKind:
        """Add a kind of declaration and return it."""
        return declaration_kinds.create(by=by, summit=summit, values=values)

    def change(self, *, by: User, row: DeclarationKind, values: Values) -> DeclarationKind:
        """Change a kind of declaration and return it."""
        return declaration_kinds.change(by=by, kind=row, values=values)
