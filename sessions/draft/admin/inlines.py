"""Inline rows on the admin page of a draft session."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from delegations.members.models.categories import Category
from delegations.parties.models.parties import Party
from sessions.draft.admin.forms import InterpretationForm, ParticipantForm, TextForm
from sessions.draft.models.participants import Participant, Slot
from sessions.draft.models.sessions import Interpretation, SessionText
from sessions.draft.services.planning import Rows
from summit.admin_base.messages import NamedFormSet
from summit.admin_base.model_admin import SummitInline
from summit.admin_base.widgets import NOTHING
from summit.people.models import Person
from summit.summits.models import Room, Summit


class OfSummitMixin:
    """Offers only parties, people, categories and rooms of the page's summit.

    Parties and people are found by typing. The other lists are read once for all rows.
    """

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Limit the choices to the summit of the page."""
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        summit: Summit | None = getattr(request, "desk_summit", None)
        paths = {Party: "summit", Person: "summit", Category: "summit", Room: "venue__summit"}
        lookup = paths.get(db_field.related_model)
        if field is None or summit is None or lookup is None:
            return field
        field.queryset = db_field.related_model.objects.filter(**{lookup: summit})
        if db_field.name in self.autocomplete_fields:  # type: ignore[attr-defined]
            return field
        if db_field.related_model is Room:
            field.queryset = field.queryset.select_related("venue")
        cached: dict[type[models.Model], list[tuple[Any, str]]] = request.__dict__.setdefault("desk_choices", {})
        if db_field.related_model not in cached:
            cached[db_field.related_model] = [(row.pk, str(row)) for row in field.queryset]
        field.choices = [("", NOTHING), *cached[db_field.related_model]]
        return field


class PlannedFormSet(NamedFormSet):
    """A formset with rows that are saved together with their session (`sessions.draft.services.planning`)."""

    def planned(self) -> Rows:
        """Return the new, changed and deleted rows without saving them."""
        super().save(commit=False)
        return Rows(self.new_objects, self.changed_objects, self.deleted_objects)


class SpeechFormSet(PlannedFormSet):
    """Speeches. A speech that other objects refer to is cancelled rather than deleted."""

    def why_not(self, row: models.Model) -> str:
        """Return "" as the reason against a deletion, because every speech may be deleted."""
        return ""


class TextInline(SummitInline):
    """Title and summary in other languages."""

    formset = PlannedFormSet
    model = SessionText
    verbose_name = gettext_lazy("title in another language")
    verbose_name_plural = gettext_lazy("title and summary in other languages")
    summit_path = "session__summit"
    form = TextForm
    fields = ["language", "title", "summary"]
    show_change_link = False

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer all languages except the summit's own, because the session's own title is in that language."""
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        summit: Summit | None = getattr(request, "desk_summit", None)
        if summit is not None:
            field.choices = [entry for entry in field.choices if entry[0] != summit.language]
        return field


class InterpretationInline(SummitInline):
    """The source and target languages of the interpretation."""

    formset = PlannedFormSet
    model = Interpretation
    summit_path = "session__summit"
    form = InterpretationForm
    fields = ["source", "target", "booth"]
    show_change_link = False


class ParticipantInline(OfSummitMixin, SummitInline):
    """Participants other than speakers: a party at a level, a person, or all people of a category."""

    formset = PlannedFormSet
    model = Participant
    summit_path = "session__summit"
    form = ParticipantForm
    fields = ["position", "role", "party", "level", "person", "category"]
    autocomplete_fields = ("party", "person")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the participants with the party, person and category joined that name each row."""
        return super().get_queryset(request).select_related("party", "person", "category")


class SlotInline(OfSummitMixin, SummitInline):
    """The speeches, in their order."""

    formset = SpeechFormSet
    model = Slot
    summit_path = "session__summit"
    fields = ["position", "speaker", "party", "title", "minutes"]
    autocomplete_fields = ("speaker", "party")
    show_change_link = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the speeches with the speaker joined that names each row, and the party."""
        return super().get_queryset(request).select_related("speaker", "party")
