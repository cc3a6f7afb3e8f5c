"""The documents of a session in the admin.

There is a page that lists and adds documents, a page for a new version, a page that confirms a removal, and a
download.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sessions.documents.models import Document
from sessions.documents.services import documents, file_checks
from sessions.documents.services.documents import Paper
from sessions.draft.admin.session_pages import FrameMixin
from sessions.draft.models.sessions import Session
from sessions.draft.permissions import can_edit
from summit.admin_base.model_pages import model_page
from summit.admin_base.row_keys import key_of
from summit.admin_base.service_admin import user_of
from summit.audit import access_log
from summit.core.file_sizes import megabytes
from summit.core.validators import validate_printable
from summit.quarantine.selectors import content_of, held
from summit.users.models import User


class DocumentForm(forms.Form):
    """A file with its title and its language."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("PDF, Word, Excel, PowerPoint, OpenDocument or picture, up to 20 MB."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title"),
        required=False,
        max_length=Document._meta.get_field("title").max_length,
        validators=[validate_printable],
        widget=forms.TextInput({"dir": "auto"}),
        help_text=gettext_lazy("Leave blank to use the file name."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)

    def clean_file(self) -> file_checks.File:
        """Return the validated file. The content isn't read if the file is too large.

        Raises ValidationError if the file can't be stored.
        """
        uploaded = self.cleaned_data["file"]
        try:
            file_checks.check_size(uploaded.size)
            return file_checks.read(name=uploaded.name, content=uploaded.read())
        except file_checks.FileProblem as problem:
            raise forms.ValidationError(str(problem)) from None

    def paper(self) -> Paper:
        """Return the entered title, language and file."""
        cleaned = self.cleaned_data
        return Paper(title=cleaned["title"], language=cleaned["language"], file=cleaned["file"])


class PapersMixin(FrameMixin):
    """Adds the pages of documents to the admin of draft sessions."""

    @model_page("<int:pk>/documents/", "documents", post="agenda.edit")
    def documents_view(self, request: HttpRequest, session: Session) -> HttpResponse:
        """List the documents of a session; on POST, add one or move one up or down."""
        form = DocumentForm(initial={"language": session.summit.language})
        if request.method == "POST":
            by = user_of(request)
            if "move" in request.POST:
                return self._shift(request, session, by)
            form = DocumentForm(request.POST, request.FILES)
            if form.is_valid():
                document = documents.add(session=session, paper=form.paper(), by=by)
                messages.success(request, _("“%(title)s” added to the session.") % {"title": document.title})
                return redirect("admin:agenda_session_documents", session.pk)
        context = {
            **self.frame(request, session, _("Documents")),
            "documents": _document_rows(documents.listed(session)),
            "removed": _document_rows(documents.listed(session, removed=True)),
            "form": form,
            "may_edit": can_edit(request.user, session),
        }
        return TemplateResponse(request, "admin/agenda/documents/documents.html", context)

    def _shift(self, request: HttpRequest, session: Session, by: User) -> HttpResponse:
        direction, _sep, number = request.POST["move"].partition(":")
        row = Document.objects.filter(session=session, pk=key_of(number) or 0).defer("content").first()
        if row is not None:
            documents.shift(document=row, up=direction == "up", by=by)
        return redirect("admin:agenda_session_documents", session.pk)

    @model_page(
        "document/<int:pk>/file/", "file", "GET", model="document", kind="agenda.document", see="agenda.document.view"
    )
    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Return a document as a download, never as a page of this site, and record the access.

        Raises Http404 while the file is kept back.
        """
        row = self.part(request, Document, pk)
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        content = content_of(row)
        if content is None:
            raise Http404
        access_log.record_page(by=request.user, target=row, summit=row.session.summit, fields=["content"])
        return HttpResponse(
            content,
            content_type=row.content_type,
            headers={
                "Content-Disposition": content_disposition_header(True, row.file_name) or "attachment",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "sandbox; default-src 'none'",
                "Cache-Control": "private, no-store",
            },
        )

    @model_page(
        "document/<int:pk>/replace/",
        "replace",
        model="document",
        kind="agenda.document",
        see="agenda.document.view",
        do="agenda.edit",
    )
    def replace_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the form for a new version of a document; on POST, replace the document."""
        row = self.part(request, Document, pk)
        by = self.editor(request, row.session)
        form = DocumentForm(
            request.POST or None, request.FILES or None, initial={"title": row.title, "language": row.language}
        )
        if request.method == "POST" and form.is_valid():
            try:
                document = documents.replace(document=row, paper=form.paper(), by=by)
            except ValidationError as refused:
                messages.warning(request, " ".join(refused.messages))
            else:
                messages.success(request, _("New version of “%(title)s” saved.") % {"title": document.title})
            return redirect("admin:agenda_session_documents", row.session_id)
        context = {**self.frame(request, row.session, _("New version")), "document": row, "form": form}
        return TemplateResponse(request, "admin/agenda/documents/replace.html", context)

    @model_page(
        "document/<int:pk>/remove/",
        "remove",
        model="document",
        kind="agenda.document",
        see="agenda.document.view",
        do="agenda.edit",
    )
    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for confirmation, then remove a document from the session."""
        row = self.part(request, Document, pk)
        by = self.editor(request, row.session)
        if request.method == "POST":
            documents.remove(document=row, by=by)
            messages.success(request, _("“%(title)s” removed from the session.") % {"title": row.title})
            return redirect("admin:agenda_session_documents", row.session_id)
        context = {**self.frame(request, row.session, _("Remove document")), "document": row}
        return TemplateResponse(request, "admin/agenda/documents/remove.html", context)


def _document_rows(rows: Any) -> list[dict[str, Any]]:
    """Return documents with their format, size and language, as the page lists them."""
    languages, rows = dict(settings.LANGUAGES), list(rows)
    checks = held(Document, [row.pk for row in rows])
    return [
        {
            "row": row,
            "check": checks.get(row.pk),
            "format": file_checks.CALLED.get(row.content_type, row.content_type),
            "size": megabytes(row.size) if row.size >= _TENTH else "0.1",
            "language": languages.get(row.language, row.language),
        }
        for row in rows
    ]


# A tenth of a megabyte in bytes. Smaller files are shown with this size.
_TENTH = 1024 * 1024 // 10
