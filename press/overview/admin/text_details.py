"""The admin page for the details of a text: session, topics, people, contact, and media access of an advisory."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from press.texts.admin.versions import version_of
from press.texts.errors import DecisionRefused
from press.texts.models.texts import Text, TextKind, Wording
from press.texts.models.topics import Topic
from press.texts.services import editions, texts
from press.texts.services.texts import MOST_TOPICS
from sessions.draft.models.participants import Slot
from sessions.draft.models.sessions import MediaAccess, Session
from summit.admin_base.autocomplete import FieldChoices, find_by_typing, register_choices
from summit.admin_base.model_pages import model_page
from summit.admin_base.widgets import MomentPair, name_parts
from summit.core.local_time import local_moment
from summit.people.models import Person
from summit.summits.models import Summit


def speakers(summit: Summit) -> QuerySet[Person]:
    """Return the people who speak in a summit's draft, in the order of their names."""
    return Person.objects.filter(Exists(Slot.objects.filter(speaker=OuterRef("pk"))), summit=summit).order_by(
        "name", "office", "pk"
    )


register_choices(
    Text._meta.get_field("people"),
    FieldChoices(permission="press.write", rows=speakers, text=("name", "office"), key="public_id"),
)


class AboutForm(forms.Form):
    """The form for the details of a text. Details aren't part of an edition, and need no approval.

    Fields that texts of this kind can't have are left out.
    """

    session = forms.ModelChoiceField(
        label=gettext_lazy("Session"),
        queryset=Session.objects.none(),
        required=False,
        help_text=gettext_lazy("Readers see only what is in the released agenda."),
    )
    topics = forms.CharField(
        label=gettext_lazy("Topics"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy("One per line, in the summit’s language. Readers can find texts by topic."),
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("People concerned"),
        queryset=Person.objects.none(),
        to_field_name="public_id",
        required=False,
        help_text=gettext_lazy("People who speak at the summit. The speaker of the text is listed anyway."),
    )
    contact = forms.CharField(label=gettext_lazy("Press contact"), max_length=200, required=False)
    comparison_public = forms.BooleanField(
        label=gettext_lazy("Readers can compare the prepared and delivered texts"), required=False
    )
    media_access = forms.ChoiceField(
        label=gettext_lazy("Media"), choices=[("", "—"), *MediaAccess.choices], required=False
    )
    gather_place = forms.CharField(label=gettext_lazy("Media meeting point"), max_length=200, required=False)
    gather_at = forms.CharField(
        label=gettext_lazy("Media meeting time"),
        required=False,
        widget=MomentPair,
    )

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = text.summit.zone
        summit, columns = text.summit, Text._meta
        sessions = Session.objects.filter(summit=summit)
        find_by_typing(self, "session", columns.get_field("session"), summit=summit, rows=sessions)
        find_by_typing(self, "people", columns.get_field("people"), summit=summit, rows=speakers(summit))
        self.fields["gather_at"].label = _("Media meeting time (%(place)s time)") % {"place": text.summit.said_place}
        name_parts(self.fields["gather_at"])
        if text.kind != TextKind.ADVISORY:
            for name in ("media_access", "gather_place", "gather_at"):
                del self.fields[name]
        if text.wording not in (Wording.PREPARED, Wording.DELIVERED):
            del self.fields["comparison_public"]
        if text.slot_id:
            del self.fields["session"]

    def clean_topics(self) -> list[str]:
        """Return the names of the topics without duplicates.

        Raises ValidationError if there are too many names or a name is too long.
        """
        names = list(dict.fromkeys(name.strip() for name in self.cleaned_data["topics"].splitlines() if name.strip()))
        longest = Topic._meta.get_field("name").max_length or 0
        if len(names) > MOST_TOPICS or any(len(name) > longest for name in names):
            raise forms.ValidationError(
                _("Enter at most %(number)d topics of up to %(length)d characters.")
                % {"number": MOST_TOPICS, "length": longest}
            )
        return names

    def clean_gather_at(self) -> Any:
        """Return the entered local time of the venue as an aware datetime, or None if the field is empty.

        Raises ValidationError for text that isn't a time in the venue's time zone.
        """
        written = self.cleaned_data["gather_at"]
        if not written:
            return None
        try:
            return local_moment(written, self.zone)
        except ValueError as problem:
            raise forms.ValidationError(str(problem)) from problem


def _initial(text: Text) -> dict[str, Any]:
    local = text.gather_at.astimezone(text.summit.zone) if text.gather_at else None
    return {
        "session": text.session_id,
        "topics": "\n".join(text.topics.values_list("name", flat=True)),
        "people": list(text.people.values_list("public_id", flat=True)),
        "contact": text.contact,
        "comparison_public": text.comparison_public,
        "media_access": text.media_access,
        "gather_place": text.gather_place,
        "gather_at": local.strftime("%Y-%m-%dT%H:%M") if local else "",
    }


class AboutMixin:
    """Adds the page for the details of a text to the admin of texts."""

    @model_page("<int:pk>/about/", "about", do="press.write")
    def about_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the details of a text (GET), or change them and redirect to the page of the text (POST)."""
        user = self._user(request)  # type: ignore[attr-defined]
        form = AboutForm(request.POST or None, text=text, initial=_initial(text))
        if request.method == "POST" and form.is_valid():
            try:
                texts.describe(text=text, by=user, **form.cleaned_data)
            except DecisionRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Saved. Readers see the changes at once."))
                return redirect(reverse("admin:press_text_detail", args=[text.pk]))
        edition = editions.newest(version_of(text, ""))
        context = {
            "summit": text.summit,
            "text": text,
            "edition": edition,
            "form": form,
            "title": _("About the text"),
        }
        response: HttpResponse = self._page(  # type: ignore[attr-defined]
            request, "admin/press/overview/text_details.html", context, 400 if form.errors else 200
        )
        return response
