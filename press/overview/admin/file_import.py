"""Admin pages that show forms of texts with unsaved values: with the words of a file, and with a preview.

Without JavaScript the preview is a page. With JavaScript (static/js/preview.js) the preview is updated while the user
types.
"""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from press.imports import files
from press.imports.files.report import ParsedFile, Unreadable
from press.overview.admin.editions import EditionForm
from press.texts.admin import versions
from press.texts.admin.forms import LanguageForm, NewTextForm, proposed_title
from press.texts.models.texts import Text, TextVersion
from press.texts.permissions import DECISIONS, check_can_write
from press.texts.selectors.preview import preview
from press.texts.selectors.speeches import find_speech
from press.texts.services import editions
from summit.admin_base import form_idempotency
from summit.admin_base.model_pages import model_page
from summit.core.languages import direction
from summit.permissions.rules import allows
from summit.summits.models import Summit
from summit.uploads.budgets import DOCUMENT

NOT_TYPED = ("csrfmiddlewaretoken", "once")


@dataclass(frozen=True)
class Unsaved:
    """The result of a post that saves nothing: the values for the form, and the facts for messages above the form."""

    words: dict[str, Any]
    taken: ParsedFile | None = None
    # The body that the user had typed before the words of the file replaced it.
    before: str = ""
    problem: str = ""
    # Whether the user had chosen an attachment. The user must choose it again, since a page can't fill in a file.
    had_file: bool = False

    @property
    def problem_entries(self) -> list[tuple[str, str, str]]:
        """The entries of the error summary: field id, label and message. The list is empty without a problem."""
        return [("id_words", "", self.problem)] if self.problem else []


def unsaved(request: HttpRequest) -> Unsaved:
    """Return the posted values, unsaved.

    If `take` was posted, the body is replaced by the words of the chosen file. If `back` was posted, the body is
    replaced by the posted `before`: the body before the file was read.
    """
    typed: dict[str, Any] = {name: value for name, value in request.POST.items() if name not in NOT_TYPED}
    typed["attachments"] = request.POST.getlist("attachments")
    had_file = bool(request.FILES.get("file"))
    if "back" in request.POST:
        return Unsaved(typed | {"body": request.POST.get("before", "")}, had_file=had_file)
    if "take" not in request.POST:
        return Unsaved(typed, had_file=had_file)
    if not request.FILES.get("words") and typed.get("body", "").strip():
        # The text of the file is there already: the browser has let go of the file, since a page can't fill it in.
        return Unsaved(typed, had_file=had_file)
    try:
        taken = _read_upload(request.FILES.get("words"))
    except Unreadable as problem:
        return Unsaved(typed, problem=str(problem), had_file=had_file)
    typed_body = request.POST.get("body", "")
    values = typed | {"body": taken.body, "title": request.POST.get("title", "").strip() or taken.title}
    replaced_body = typed_body if typed_body.split() != taken.body.split() else ""
    return Unsaved(values, taken, replaced_body, had_file=had_file)


def _read_upload(file: "UploadedFile[Any] | None") -> ParsedFile:
    if file is None:
        raise Unreadable(_("Choose a file."))
    if (file.size or 0) > DOCUMENT.largest:
        raise Unreadable(files.too_large())
    return files.read(filename=file.name or "", content=file.read())


class IntakeMixin:
    """Adds the views that show the forms of texts with unsaved values to the admin of texts."""

    admin_site: Any
    opts: Any

    @model_page("preview/", "preview", "POST", do="press.text.change")
    def preview_view(self, request: HttpRequest) -> HttpResponse:
        """Return the preview of the posted Markdown as a fragment of HTML, with the length of the text."""
        html, length = preview(request.POST.get("body", ""))
        return TemplateResponse(
            request, "admin/press/overview/preview.html", {"preview_html": html, "length": length}
        )

    @model_page("unsaved/", "unsaved_new", "POST", do="press.text.change")
    def unsaved_new_view(self, request: HttpRequest) -> HttpResponse:
        """Show the form for a new text, with the posted unsaved values."""
        desk: Any = self
        summit: Summit = desk._summit_to_write(request)
        check_can_write(desk._user(request), summit)
        posted = unsaved(request)
        values = posted.words
        if posted.taken is not None and not values["title"]:
            speech = find_speech(summit, values.get("slot", ""))
            values["title"] = proposed_title(values.get("kind"), speech, values.get("language"))
        form = NewTextForm(initial=values, summit=summit)
        context = {
            "summit": summit,
            "title": _("Add text"),
            "may_submit": allows(request.user, DECISIONS["submit"], summit),
            "once": form_idempotency.mark_of(request),
        }
        return self._unsaved_page(request, "admin/press/overview/new_text.html", context, form, posted)

    @model_page("<int:pk>/unsaved/", "unsaved", "POST", do="press.write")
    def unsaved_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the page of a text, with the posted unsaved values in the form."""
        desk: Any = self
        version: TextVersion = versions.version_of(text, request.GET.get("version", ""))
        posted = unsaved(request)
        edition = editions.newest(version)
        form = EditionForm(initial={"based_on": edition.number} | posted.words, version=version)
        return self._unsaved_page(
            request,
            "admin/press/overview/edit_text.html",
            desk._context(request, text, version, edition, form),
            form,
            posted,
        )

    @model_page("<int:pk>/language/unsaved/", "unsaved_language", "POST", do="press.write")
    def unsaved_language_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the form for adding a language to a text, with the posted unsaved values."""
        posted = unsaved(request)
        context = {"summit": text.summit, "text": text, "title": _("Add language")}
        return self._unsaved_page(
            request, "admin/press/overview/new_text.html", context, LanguageForm(initial=posted.words), posted
        )

    def _unsaved_page(
        self, request: HttpRequest, template: str, context: dict[str, Any], form: forms.Form, posted: Unsaved
    ) -> HttpResponse:
        html, length = preview(str(posted.words.get("body", "")))
        language = str(posted.words.get("language", "")) or getattr(context.get("version"), "language", "")
        more = {"form": form, "unsaved": posted, "preview_html": html, "length": length, "words_language": language}
        if language in dict(_languages()):
            more["words_direction"] = direction(language)
        status = 400 if posted.problem else 200
        response: HttpResponse = self._page(request, template, context | more, status)  # type: ignore[attr-defined]
        return response


def _languages() -> list[tuple[str, str]]:
    choices: Any = LanguageForm.base_fields["language"]
    return list(choices.choices)
