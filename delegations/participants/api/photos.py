"""API of people's photographs: their sizes, and one picture at a time."""

from typing import Any, ClassVar

import django_filters
from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from rest_framework import serializers

from delegations.core.api.fields import OnePerson, Searched, Values
from delegations.members.api.fields import with_belonging
from delegations.members.api.particulars import RELATED, OfPerson, readable_by, reader_of, told
from delegations.members.person_field_groups import PHOTO, FieldReader, photo_of
from delegations.members.services import photos
from delegations.participants import photo_sheet_pdf as printed
from delegations.participants.selectors import photo_sheet
from delegations.parties.api.fields import parties_field
from summit.api_base.actions import action
from summit.api_base.request_files import ContentField
from summit.api_base.response_files import File, PersonalContentSerializer, WithContent
from summit.audit import access_log
from summit.core.database_clock import db_now
from summit.people.models import Person
from summit.quarantine.selectors import served
from summit.summits.models import Summit
from summit.users.models import User


class PhotoSerializer(OfPerson):
    """A person's photograph. Its size and time are null if somebody outside the user's party stored it and the user
    may not see it."""

    group = PHOTO

    width = serializers.IntegerField(source="photo.width", allow_null=True, help_text="In pixels.")
    height = serializers.IntegerField(source="photo.height", allow_null=True, help_text="In pixels.")
    changed_at = serializers.DateTimeField(source="photo.updated_at", allow_null=True)

    def to_representation(self, instance: Person) -> dict[str, Any]:
        """Return the values that the user may see, and None for the others."""
        data = super().to_representation(instance)
        if "photo" not in reader_of(self.context).visible(instance):
            data |= {name: None for name in ("width", "height", "changed_at") if name in data}
        return data


class PhotoInput(serializers.Serializer[Any]):
    """A photograph to store for a person. It replaces an earlier one."""

    person = OnePerson()
    content = ContentField(
        largest=photos.LARGEST, help_text="A JPEG, PNG or WebP of the face, 400 pixels wide at least."
    )


class FacesInput(serializers.Serializer[Any]):
    """The people on a sheet: everybody, only people of some parties, or only people who arrive at the venue on a
    day."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES)
    day = serializers.DateField(required=False, default=None, allow_null=True)
    parties = parties_field(photo_sheet.SEE, required=False, default=list, allow_empty=True)


class PhotoFilters(Searched):
    """Filters for photographs, by party, category and time of change."""

    model = Person

    party = django_filters.CharFilter(field_name="belongs_to", label=pgettext_lazy("label", "delegation"))
    category = django_filters.CharFilter(field_name="comes_as", label=_("category"))
    changed_since = django_filters.IsoDateTimeFilter(
        field_name="told_at", lookup_expr="gte", label=_("changed since")
    )


class PhotoViewSet(WithContent):
    """People's photographs. Each row is a person who has a photograph, with the person's id."""

    name = "photos"
    verbose_name = _("photographs")
    permission = "delegations.photo"
    allowed_methods = ("add", "remove")
    model = Person
    serializer_class = PhotoSerializer
    input_serializer_class = PhotoInput
    filterset_class = PhotoFilters
    ordering_fields: ClassVar[Any] = {"name": ("name", "office")}
    external = "external_ids"

    def rows(self) -> QuerySet[Person]:
        """Return people with a photograph, without reading the pictures."""
        return Person.objects.filter(photo__isnull=False).select_related(*RELATED).defer("photo__image")

    def get_queryset(self, user: User, slug: str) -> QuerySet[Person]:
        """Return the people with a photograph whom the user may see, annotated for the filters.

        The filter by time of change uses only times that the user may see.
        """
        readable = readable_by(user, PHOTO, Q(photo__entered_for=F("membership__party")))
        rows = with_belonging(super().get_queryset(user, slug), user)
        return rows.alias(told_at=told(readable, "photo__updated_at"))

    def prepare(self, *, by: User, summit: Summit, values: Values) -> Values:
        """Return the values with `content` decoded. Raises PhotoProblem, PermissionDenied."""
        return {**values, "content": photos.prepare(by=by, person=values["person"], content=values["content"])}

    def add(self, *, by: User, summit: Summit, values: Values) -> Person:
        """Store a photograph, in place of an earlier one, and return its person."""
        return photos.store_picture(by=by, person=values["person"], picture=values["content"]).person

    def content(self, *, by: User, row: Person) -> File | None:
        """Return the picture as a JPEG, or None if the user may not see it.

        Each access is logged.
        """
        photo = photo_of(row)
        if photo is None or "photo" not in FieldReader(by).visible(row):
            return None
        image = served(photo)
        access_log.record_page(by=by, target=row, summit=row.summit, fields=PHOTO.fields, always=True)
        return File("photograph.jpg", "image/jpeg", image)

    @action(
        "sheet",
        safe=True,
        permission=photo_sheet.SEE,
        input=FacesInput,
        output=PersonalContentSerializer,
        detail=False,
        shown_once=("content",),
    )
    def sheet(self, *, by: User, summit: Summit, values: Values) -> File:
        """Return a sheet of photographs as a PDF. It shows all people, people of some parties, or people who arrive
        at the venue on a day."""
        language, keys = values["language"], [party.pk for party in values["parties"]]
        faces = photo_sheet.faces(summit=summit, by=by, language=language, parties=keys, day=values["day"])
        pdf = printed.write(summit=summit, faces=faces, language=language, now=db_now())
        return File(printed.name_of(summit, language), "application/pdf", pdf)

    def remove(self, *, by: User, row: Person) -> None:
        """Delete a person's photograph."""
        photos.remove(by=by, person=row)
