"""The sheet of photographs in the admin: people are chosen by party and day of arrival, and the sheet is
downloaded."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.sites import site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from delegations.members.models.members import Membership
from delegations.participants import photo_sheet_pdf
from delegations.participants.selectors import photo_sheet
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from summit.admin_base.summit_pages import summit_page
from summit.core.database_clock import db_now
from summit.core.date_formats import long_day
from summit.core.file_names import disposition
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.summits.models import Summit
from summit.users.models import User


class SheetForm(forms.Form):
    """A form for the language, parties and day of arrival of a sheet."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    day = forms.ChoiceField(label=gettext_lazy("Arrival date"), required=False)
    party = forms.MultipleChoiceField(
        label=gettext_lazy("Delegations"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave blank to include all."),
    )

    def __init__(self, *args: Any, summit: Summit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = [(day.isoformat(), long_day(day)) for day in photo_sheet.arrival_days(summit)]
        self.fields["day"].choices = [("", _("any date")), *days]  # type: ignore[attr-defined]
        language = get_language() or summit.language
        book = party_names.book(summit, language)
        parties = Party.objects.filter(pk__in=Membership.objects.filter(party__summit=summit).values("party"))
        rows = party_names.in_order(parties, language, protocol=True).values_list("pk", "name")
        entries = [(key, book.of(key), name) for key, name in rows]
        choices = [
            (
                str(key),
                format_html('<bdi lang="{}">{}</bdi>', *((named.language, named.name) if named else ("", name))),
            )
            for key, named, name in entries
        ]
        self.fields["party"].choices = choices  # type: ignore[attr-defined]


@summit_page("photographs/<slug:slug>/", "delegations_photos", "GET", see=photo_sheet.SEE)
def chosen(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Show the form in which the people on the sheet are chosen."""
    rows = photo_sheet.members(summit)
    context = {
        **site.each_context(request),
        "title": _("Photo sheet"),
        "summit": summit,
        "form": SheetForm(summit=summit, initial={"language": get_language() or summit.language}),
        "people": rows.count(),
        "lacking": rows.filter(person__photo__isnull=True).count(),
        "most": photo_sheet.MOST,
    }
    return TemplateResponse(request, "admin/delegations/participants/photo_sheet.html", context)


@summit_page("photographs/<slug:slug>/file/", "delegations_photos_file", "GET", see=photo_sheet.SEE)
def download_sheet(request: HttpRequest, summit: Summit, user: User) -> HttpResponse:
    """Return the sheet of the chosen people as a PDF. The access to the photographs is logged.

    If the sheet can't be made, redirect to the form with a warning.
    """
    form = SheetForm({"language": summit.language, **_lists(request)}, summit=summit)
    if not form.is_valid():
        messages.warning(request, _("Choose from the delegations, dates and languages in the lists."))
        return redirect("admin:delegations_photos", summit.slug)
    options = form.cleaned_data
    day = next((day for day in photo_sheet.arrival_days(summit) if day.isoformat() == options["day"]), None)
    try:
        faces = photo_sheet.faces(
            summit=summit, by=user, language=options["language"], parties=map(int, options["party"]), day=day
        )
        pdf = photo_sheet_pdf.write(summit=summit, faces=faces, language=options["language"], now=db_now())
    except photo_sheet.TooManyPhotos as refused:
        messages.warning(request, str(refused))
    except MissingFontError as problem:
        messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
    else:
        headers = {"Content-Disposition": disposition(photo_sheet_pdf.name_of(summit, options["language"]))}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)
    return redirect("admin:delegations_photos", summit.slug)


def _lists(request: HttpRequest) -> dict[str, Any]:
    params = request.GET
    return {name: params.getlist(name) if name == "party" else params[name] for name in params}
