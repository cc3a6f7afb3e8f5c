"""Single guests: a party of one, with their letter."""

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from delegations.invitations.services import guests
from delegations.parties.api.fields import PartyName
from delegations.parties.models.parties import Party, PartyKind
from summit.api_base.viewset_views import Values
from summit.api_base.viewsets import DeskViewSet
from summit.summits.models import Summit
from summit.users.models import User

INVITE = "delegations.invite"


class GuestSerializer(serializers.ModelSerializer[Party]):
    """A guest: a party of one. `party` is its id among parties, by which it is invited; `person` is who it is."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = PartyName(source="*")
    person = serializers.SerializerMethodField()

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = ["id", "name", "language", "person"]
        read_only_fields = fields

    def get_person(self, row: Party) -> str | None:
        """Return the id of the person, where the guest is a member of their party."""
        return next((member.person.public_id for member in row.memberships.all()), None)


class GuestInput(serializers.Serializer[Any]):
    """Whom to invite, and where the letter goes. `another` are those whom the guest resembles and isn't."""

    name = serializers.CharField(max_length=120)
    office = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    form_of_address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    mailbox = serializers.EmailField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    another = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, default=list, max_length=50
    )


class GuestViewSet(DeskViewSet):
    """Single guests."""

    name = "guests"
    verbose_name = _("single guests")
    permission = "delegations.party"
    permissions: ClassVar[Any] = {"add": INVITE}
    allowed_methods = ("add",)
    model = Party
    serializer_class = GuestSerializer
    input_serializer_class = GuestInput
    ordering_fields: ClassVar[Any] = {"name": ("guest_key",)}

    def rows(self) -> QuerySet[Party]:
        """Return guests with who they are."""
        found = Party.objects.filter(kind=PartyKind.GUEST).select_related("summit")
        return found.prefetch_related("memberships__person").annotate(guest_key=F("sort_key"))

    def add(self, *, by: User, summit: Summit, values: Values) -> Party:
        """Enter a guest, who isn't invited yet."""
        return guests.enter(summit=summit, by=by, **values)
