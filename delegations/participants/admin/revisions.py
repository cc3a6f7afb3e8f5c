"""Lists of participants in the admin: the revisions, their changes, the next revision, and downloads."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from delegations.participants import list_docx, list_pdf, list_xlsx
from delegations.participants.admin.comparison import rows_of
from delegations.participants.models import ParticipantList
from delegations.participants.selectors import comparison, listing, photo_sheet
from delegations.participants.selectors.listing import Order
from delegations.participants.services import revisions
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS, ReadOnlyAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_sources import RowSource
from summit.admin_base.service_admin import user_of
from summit.admin_base.summit_scope import where_may
from summit.audit import access_log
from summit.core.file_names import disposition
from summit.core.validators import validate_printable
from summit.import_export import exported_lists
from summit.pdf import missing_fonts
from summit.pdf.fonts import MissingFontError
from summit.summits.models import Summit
from summit.templatetags.moments import short_clock
from summit.users.models import User

SUMMIT_PATHS.update({ParticipantList: "summit"})


@exported_lists.report(10)
def exported_list() -> tuple[str, list[str]]:
    """Return the title and the headings of a list as XLSX, by which an upload of people knows it."""
    return capfirst(str(ParticipantList._meta.verbose_name)), list_xlsx.headings()


WRITERS = {"pdf": list_pdf, "docx": list_docx, "xlsx": list_xlsx}
FORMATS = (("pdf", "PDF"), ("docx", "DOCX"), ("xlsx", "XLSX"))


class FreezeForm(forms.Form):
    """A form for the state and the note of a new revision.

    `expected` is the digest of the content that the user saw.
    """

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        choices=[("", gettext_lazy("provisional")), ("final", gettext_lazy("final"))],
        required=False,
        help_text=gettext_lazy("After a final list, only another final list is possible."),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=ParticipantList._meta.get_field("note").max_length,
        required=False,
        validators=[validate_printable],
        help_text=gettext_lazy("Shown at the top of the list."),
    )
    expected = forms.CharField(widget=forms.HiddenInput)


class DownloadForm(forms.Form):
    """A form for the language, order and file format of a download."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    order = forms.ChoiceField(label=gettext_lazy("Order"), choices=Order.choices)
    ending = forms.ChoiceField(label=gettext_lazy("File format"), choices=FORMATS)


@admin.register(ParticipantList)
class ParticipantListAdmin(ReadOnlyAdmin):
    """The admin of revisions of the list of participants, which are never changed."""

    place = 1
    menu_group = MenuGroup.MORE
    list_display = ["__str__", "state", "summit", "made", "made_by", "note"]
    row_source = RowSource(gettext_lazy("Each list is created from the members on that day."))
    list_filter = ["summit", "final"]
    list_select_related = ["summit", "made_by"]
    search_fields = ["note"]
    fields = ["summit", "number", "state", "made", "made_by", "note"]
    readonly_fields = ["state", "made"]
    page_shows = ("content",)
    change_list_template = "admin/delegations/participantlist/change_list.html"
    change_form_template = "admin/delegations/participantlist/change_form.html"
    nothing_yet = gettext_lazy("No lists of participants yet.")

    @admin.display(description=gettext_lazy("state"), ordering="final")
    def state(self, row: ParticipantList) -> str:
        """Show whether the revision is final."""
        return _("final") if row.final else _("provisional")

    @admin.display(description=gettext_lazy("created"), ordering="made_at")
    def made(self, row: ParticipantList) -> str:
        """Show when the revision was made, in the venue's time zone."""
        return short_clock(row.made_at, row.summit)

    def people_on_page(self, row: Any) -> Iterable[str]:
        """Return the public ids of the people whom the revision names."""
        return _people(revisions.content_of(row))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the revisions, with links to the pages where the next one is made."""
        to_make, faces_of = (where_may(request, action) for action in (revisions.CHANGE, photo_sheet.SEE))
        context = {"to_make": to_make, "faces_of": faces_of, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Return the revision's page, with the changes, the list and the download form added."""
        row = kwargs.get("obj")
        if isinstance(row, ParticipantList):
            content = revisions.content_of(row)
            language = get_language() or row.summit.language
            context |= {
                "summit": row.summit,
                "first": row.number == 1,
                "differences": rows_of(revisions.since_last(row), language),
                "listing": _listing(row, content),
                "take": DownloadForm(initial={"language": language}, auto_id="take_%s"),
            }
        return super().render_change_form(request, context, *args, **kwargs)

    @model_page("<int:pk>/file/", "file", "GET")
    def take(self, request: HttpRequest, row: ParticipantList) -> HttpResponse:
        """Return a revision as a file in the chosen language, order and format.

        The access to the people's names is logged.
        """
        params = {"language": row.summit.language, "order": Order.PRECEDENCE, "ending": "pdf", **request.GET.dict()}
        form = DownloadForm(params)
        if not form.is_valid():
            messages.warning(request, _("Choose the language, order and format from the lists."))
            return redirect("admin:delegations_participantlist_change", row.pk)
        options, content = form.cleaned_data, revisions.content_of(row)
        writer = WRITERS[options["ending"]]
        arranged = listing.arrange(row, content, language=options["language"], order=options["order"])
        try:
            document = writer.write(arranged)
        except MissingFontError as problem:
            messages.warning(request, f"{missing_fonts.missing(problem)} {missing_fonts.remedy(problem)}")
            return redirect("admin:delegations_participantlist_change", row.pk)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        access_log.record_page(
            by=request.user,
            target=row,
            summit=row.summit,
            fields=self.page_shows,
            people=lambda: _people(content),
        )
        name = disposition(listing.file_name_of(arranged, options["ending"]))
        headers = {"Content-Disposition": name, "Content-Language": options["language"]}
        return HttpResponse(document, content_type=writer.MEDIA_TYPE, headers=headers)

    @model_page("prepare/<slug:slug>/", "prepare", do=revisions.CHANGE)
    def prepare(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the content of the next revision and its changes; a POST makes the revision."""
        user = user_of(request)
        form = FreezeForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            cleaned = form.cleaned_data
            try:
                revision = revisions.freeze(
                    summit=summit,
                    by=user,
                    final=cleaned["state"] == "final",
                    note=cleaned["note"],
                    expected=cleaned["expected"],
                )
            except (revisions.NothingToFreeze, revisions.FinalRevisionExists, revisions.ListChanged) as refused:
                messages.warning(request, str(refused))
                return redirect("admin:delegations_participantlist_prepare", summit.slug)
            messages.success(request, _("Revision %(number)d created.") % {"number": revision.number})
            return redirect("admin:delegations_participantlist_change", revision.pk)
        return self._page(request, summit, user, form)

    def _page(self, request: HttpRequest, summit: Summit, user: User, form: FreezeForm) -> HttpResponse:
        last, content = revisions.latest(summit), revisions.gather(summit)
        previous_content = revisions.content_of(last) if last else None
        changes = comparison.differences(previous_content, content)
        row = ParticipantList(summit=summit, number=last.number + 1 if last else 1, made_at=timezone.now())
        if not form.is_bound:
            state = "final" if last and last.final else ""
            form.initial = {"expected": revisions.digest(content), "state": state}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Revision %(number)d of the list of participants") % {"number": row.number},
            "summit": summit,
            "first": last is None,
            # A final revision with the same people may follow a provisional one.
            "may_make": bool(content["parties"]) and (bool(changes) or not (last and last.final)),
            "differences": rows_of(changes, get_language() or summit.language),
            "listing": _listing(row, content),
            "left_out": revisions.count_omitted(summit),
            "form": form,
        }
        keys = [(summit.pk, key) for key in _people(content)]
        if keys:
            access_log.record_list(by=user, label="summit.person", rows=keys, fields=["name", "office"])
        return TemplateResponse(request, "admin/delegations/participants/prepare.html", context)


def _listing(row: ParticipantList, content: dict[str, Any]) -> listing.Listing:
    """Return a revision in the reader's language, in protocol order."""
    return listing.arrange(row, content, language=get_language() or row.summit.language, order=Order.PRECEDENCE)


def _people(content: dict[str, Any]) -> list[str]:
    return [member["key"] for party in content["parties"] for member in party["members"] if member["key"]]
