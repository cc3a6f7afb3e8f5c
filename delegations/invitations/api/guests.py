"""The API of single guests. Each guest is a party of one person, with a letter of their own."""

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
    """A guest, who is a party of one person. `id` is the id of that party, `person` the person's id."""

    id = serializers.CharField(source="public_id", read_only=True)
    name = PartyName(source="*")
    person = serializers.SerializerMethodField()

    class Meta:
        model = Party
        fields: ClassVar[list[str]] = ["id", "name", "language", "person"]
        read_only_fields = fields

    def get_person(self, row: Party) -> str | None:
        """Return the id of the guest's person, or None if nobody is a member of the party."""
        return next((member.person.public_id for member in row.memberships.all()), None)


class GuestInput(serializers.Serializer[Any]):
    """Who is invited, and the mailbox for the letter. `another` lists the ids of similar people who are somebody
    else."""

    name = serializers.CharField(max_length=120)
    office = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    form_of_address = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    mailbox = serializers.EmailField()
    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    another = serializers.ListField(
        child=serializers.CharField(max_length=16), required=False, default=list, max_length=50
    )


class GuestViewSet(DeskViewSet):
    """Single guests. Each guest is a party of one person."""

    name = "guests"
    verbose_name = _("individual guests")
    permission = "delegations.party"
    permissions: ClassVar[Any] = {"add": INVITE}
    allowed_methods = ("add",)
    model = Party
    serializer_class = GuestSerializer
    input_serializer_class = GuestInput
    ordering_fields: ClassVar[Any] = {"name": ("guest_key",)}

    def rows(self) -> QuerySet[Party]:
        """Return guests with their people."""
        found = Party.objects.filter(kind=PartyKind.GUEST).select_related("summit")
        return found.prefetch_related("memberships__person").annotate(guest_key=F("sort_key"))

    def add(self, *, by: User, summit: Summit, values: Values) -> Party:
        """Enter a guest. This doesn't invite them yet."""
        return guests.create(summit=summit, by=by, **values)
