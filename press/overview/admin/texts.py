"""The admin of texts: the list with the state of each text, and the page on which users write and decide."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from press.delivery_check.admin import PassageCheckMixin
from press.embargoes.admin.schedule_form import MomentForm, initial_of
from press.formats import pdf
from press.overview.admin import editions as editions_admin
from press.overview.admin.bulk_decisions import ManyMixin
from press.overview.admin.comparison import ComparisonMixin
from press.overview.admin.decisions import DecisionsMixin, approval_of, early_publication, numbered, offered
from press.overview.admin.file_import import IntakeMixin
from press.overview.admin.publication_schedule import RunMixin, day_of_text
from press.overview.admin.text_details import AboutMixin
from press.overview.dashboard import run_of
from press.overview.publication_schedule import versions
from press.texts.admin.forms import LanguageForm, NewTextForm
from press.texts.admin.state_labels import STANDINGS, TASKS, in_red, state_label
from press.texts.admin.versions import version_of
from press.texts.errors import DecisionRefused
from press.texts.markdown_to_html import to_html
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import Text, TextKind, TextVersion
from press.texts.models.visibility import standing
from press.texts.next_steps import NEXT
from press.texts.permissions import DECISIONS, can_write, check_can_write
from press.texts.selectors import workflow_queries
from press.texts.selectors.speeches import find_speech
from press.texts.selectors.word_counts import measure
from press.texts.selectors.word_differences import compare
from press.texts.selectors.workflow_queries import alone, next_step, tieable, together, with_standing
from press.texts.services import decisions, editions, texts
from summit.admin_base import form_idempotency
from summit.admin_base.detail_pages import DetailPageMixin
from summit.admin_base.messages import written
from summit.admin_base.model_admin import SummitModelAdmin
from summit.admin_base.model_pages import model_page
from summit.admin_base.summit_scope import chosen_summit
from summit.core.database_clock import db_now
from summit.core.languages import direction
from summit.permissions.rules import allows, check, summits_for
from summit.quarantine.models import FileScan
from summit.quarantine.selectors import held
from summit.summits.models import Summit
from summit.templatetags.moments import short_clock
from summit.users.models import User

# The tag of the message after saving. The browser deletes its local draft when it finds the tag (static/js/draft.js).
SAVED = "saved"
EDITOR = "admin/press/overview/edit_text.html"


class TodoFilter(admin.SimpleListFilter):
    """The filter of the list of texts by an open task."""

    title = gettext_lazy("to do")
    parameter_name = "todo"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the keys and labels of the tasks. `workflow_queries.todo` has their conditions."""
        return list(TASKS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Text]) -> QuerySet[Text]:
        """Return the texts for which the chosen task is open."""
        condition = workflow_queries.todo(request.user).get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(Text)
class TextAdmin(
    DetailPageMixin,
    AboutMixin,
    DecisionsMixin,
    IntakeMixin,
    ComparisonMixin,
    ManyMixin,
    PassageCheckMixin,
    RunMixin,
    SummitModelAdmin,
):
    """The admin of texts, with pages for editions, decisions, comparisons, files and the schedule."""

    place = 1
    detail_template = "admin/press/overview/text.html"
    list_display = ["headline", "stands", "goes_out", "todo", "kind", "speaker"]
    list_filter = ["summit", TodoFilter, "kind"]
    search_fields = ["slug", "versions__editions__title"]
    ordering = ["-id"]
    actions = ["submit_chosen", "approve_chosen", "set_moment_of_chosen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Text]:
        """Return the texts that the user may see, annotated with their states. Makes one query."""
        return with_standing(super().get_queryset(request))

    @written
    @admin.display(description=gettext_lazy("title"), ordering="title")
    def headline(self, row: Text) -> str:
        """Return the title of the newest edition in the authoritative language, or the slug."""
        return str(getattr(row, "title", "") or row.slug)

    @admin.display(description=gettext_lazy("state"))
    def stands(self, row: Text) -> str:
        """Return the text's state as HTML, with a note if an edition older than the newest is public."""
        label, colour = state_label(row)
        badge = format_html('<span class="state" data-state="{}">{}</span>{}', colour, label, in_red(row))
        note = _public_edition_note(row)
        return format_html('{} <span class="muted">{}</span>', badge, note) if note else badge

    @admin.display(description=gettext_lazy("publication"), ordering="embargo__moment")
    def goes_out(self, row: Text) -> str:
        """Return the moment in the venue's time zone, or what the text waits for."""
        if row.embargo.moment is not None:
            return short_clock(row.embargo.moment, row.summit)
        return str(row.embargo.get_mode_display() if row.embargo.mode == EmbargoMode.DELIVERED else _("unscheduled"))

    @admin.display(description=pgettext_lazy("label", "next"))
    def todo(self, row: Text) -> str:
        """Return a sentence about the next step and the role that takes it, or ""."""
        return str(NEXT[next_step(row)])

    @written
    @admin.display(description=pgettext_lazy("label", "speaker"))
    def speaker(self, row: Text) -> str:
        """Return the speaker of a speech, or "" for other texts."""
        return str(row.slot.speaker) if row.slot else ""

    def _user(self, request: HttpRequest) -> User:
        if not isinstance(request.user, User):
            raise PermissionDenied
        return request.user

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        full = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, full, status=status)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form for a new text (GET), or create the text with its first edition (POST)."""
        self.admit(request, "add")
        user, summit = self._user(request), self._summit_to_write(request)
        check_can_write(user, summit)
        form = NewTextForm(request.POST or None, summit=summit, initial=_linked(request, summit))
        if request.method == "POST" and form.is_valid():
            try:
                text = form_idempotency.add(request, lambda: _created(request, form, summit, user))
            except form_idempotency.AddedAlready as added:
                return self.added_already(request, added)
            except ValidationError as problem:
                form.add_error(None, problem)
            else:
                messages.success(request, _saved_message(request), SAVED)
                return redirect("admin:press_text_detail", text.pk)
        context = {
            "summit": summit,
            "form": form,
            "title": _("Add text"),
            "may_submit": allows(user, DECISIONS["submit"], summit),
            "once": form_idempotency.mark_of(request),
        }
        return self._page(request, "admin/press/overview/new_text.html", context, 400 if form.errors else 200)

    def _summit_to_write(self, request: HttpRequest) -> Summit:
        keys = summits_for(request.user, "press.write")
        rows = Summit.objects.all() if keys is None else Summit.objects.filter(pk__in=keys)
        wanted = request.GET.get("summit", "")
        summit = rows.filter(slug=wanted).first() if wanted else chosen_summit(request, list(rows))
        if summit is None:
            check(request.user, "press.write", None)
            raise Http404
        return summit

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the editor of a text (GET), or save the posted values as a new edition (POST).

        Who may not write sees the text instead.
        """
        text = self.admit(request, "view", object_id)
        version = version_of(text, request.GET.get("version", ""))
        if request.method == "POST":
            return self._save(request, text, version)
        edition = editions.newest(version)
        context = self._context(request, text, version, edition, editions_admin.form_of(edition))
        if "save" not in context["buttons"]:
            return redirect(_url(version))
        return self._page(request, EDITOR, context)

    def detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the variables of a text's page, in the language `?version=`."""
        version = version_of(row, request.GET.get("version", ""))
        edition = editions.newest(version)
        return self._context(request, row, version, edition, editions_admin.form_of(edition))

    def refused_page(
        self, request: HttpRequest, text: Text, version: TextVersion, refused: dict[str, Any]
    ) -> HttpResponse:
        """Return a text's page after a decision was refused, with the values that the user typed for it."""
        edition = editions.newest(version)
        context = self._context(request, text, version, edition, editions_admin.form_of(edition)) | refused
        return self._page(request, self.detail_template, context, 400)

    def _save(self, request: HttpRequest, text: Text, version: TextVersion) -> HttpResponse:
        user = self._user(request)
        check_can_write(user, text.summit)
        form, edition, newer = editions_admin.read_form(request, version, user)
        if edition is not None:
            messages.success(request, _saved_message(request, edition.number), SAVED)
            return redirect(_url(version))
        context = self._context(request, text, version, newer or editions.newest(version), form) | {"newer": newer}
        if newer is not None:
            base = version.editions.filter(number=numbered(request.POST.get("based_on", ""))).first()
            context["meanwhile"] = compare(base.body if base else "", newer.body)
        return self._page(request, EDITOR, context, 409 if newer else 400)

    def _context(
        self,
        request: HttpRequest,
        text: Text,
        version: TextVersion,
        edition: Edition,
        form: editions_admin.EditionForm,
    ) -> dict[str, Any]:
        user, summit = self._user(request), text.summit
        buttons = offered(text=text, edition=edition, user=user)
        now = db_now()
        return {
            "title": edition.title,
            "summit": summit,
            "text": text,
            "version": version,
            "versions": [(row, *STANDINGS[str(getattr(row, "standing", ""))]) for row in versions([text])[text.pk]],
            "edition": edition,
            "editions": _listed(version),
            "form": form,
            "preview": mark_safe(to_html(edition.body)),  # noqa: S308 - cleaned by nh3 in to_html
            "words_direction": direction(version.language),
            "length": measure(edition.body),
            "stands": state_label(text),
            "public_meanwhile": _public_edition_note(text),
            "run_url": run_of(summit, day_of_text(request, text)),
            "next": _next(text, buttons),
            "buttons": buttons,
            "may_submit": allows(user, DECISIONS["submit"], summit),
            "approval": approval_of(text, now),
            "early": early_publication(text, now),
            "own_words": edition.author_id == user.pk,
            "may_translate": can_write(user, summit) and text.withdrawn_at is None,
            "moment_form": MomentForm(summit=summit, initial=initial_of(text.embargo, summit.zone)),
            "together": together(text),
            "tieable": tieable(text),
            "alone": alone(version),
            "edition_files": _files_with_checks(edition),
            "release_label": _release_label(text, edition),
            "no_font": pdf.unprintable(edition),
            "now": now,
        }

    @model_page("<int:pk>/language/", "language", do="press.write")
    def language_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the form for a translation (GET), or add the translation with its first edition (POST)."""
        user = self._user(request)
        form = LanguageForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                version = texts.add_language(text=text, by=user, **form.cleaned_data)
            except DecisionRefused as refused:
                form.add_error(None, str(refused))
            else:
                messages.success(request, _("Saved as a draft. Submit it for review when it is ready."), SAVED)
                return redirect(_url(version))
        context = {"summit": text.summit, "text": text, "form": form, "title": _("Add language")}
        return self._page(request, "admin/press/overview/new_text.html", context, 400 if form.errors else 200)


def _next(text: Text, buttons: frozenset[str]) -> str:
    """Return what comes next for a text, as a sentence to the user if it is theirs to approve."""
    step = next_step(text)
    if step == "approve" and "approve" in buttons:
        return _("You can approve this edition or request changes.")
    return str(NEXT[step])


def _linked(request: HttpRequest, summit: Summit) -> dict[str, Any]:
    """Return the values with which the form for a new text begins: the speech in the parameter `slot`, if any."""
    speech = find_speech(summit, request.GET.get("slot", ""))
    return {"kind": TextKind.TRANSCRIPT, "slot": speech.pk} if speech else {}


def _created(request: HttpRequest, form: NewTextForm, summit: Summit, user: User) -> Text:
    """Create a text from a valid form. If the user chose so, submit its first edition for review."""
    with transaction.atomic():
        text = texts.create_text(summit=summit, by=user, **form.cleaned_data)
        if "submit" in request.POST:
            decisions.submit(edition=Edition.objects.get(version__text=text), by=user)
    return text


def _saved_message(request: HttpRequest, number: int = 1) -> str:
    """Return the message after an edition was saved, or saved and submitted."""
    if "submit" in request.POST:
        return _("Submitted for review by a press approver.")
    return (
        _("Edition %(number)d saved as a draft.") % {"number": number}
        if number > 1
        else _("Saved as a draft. Submit it for review when it is ready.")
    )


def _public_edition_note(row: Text) -> str:
    """Return a note if an edition of an annotated text older than the newest is public, or else ""."""
    public, number = getattr(row, "public_number", None), getattr(row, "number", None)
    if public is None or public == number:
        return ""
    return _("edition %(number)d is public") % {"number": public}


def _files_with_checks(edition: Edition) -> list[tuple[Attachment, FileScan | None]]:
    """Return the attachments of an edition, each with the check that keeps it back, if any."""
    rows = list(edition.attachments.defer("content").order_by("attached__position"))
    checks = held(Attachment, [row.pk for row in rows])
    return [(row, checks.get(row.pk)) for row in rows]


def _release_label(text: Text, edition: Edition) -> str:
    """Return the label of the button that releases a hold.

    The label says whether the text is published at once when the hold is released.
    """
    passed = text.embargo.moment is not None and text.embargo.moment <= db_now()
    unread = getattr(text, "public_number", None) is None and edition.state == EditionState.APPROVED
    return _("Release hold and publish now") if passed and unread else _("Release hold")


def _url(version: TextVersion) -> str:
    return f"{reverse('admin:press_text_detail', args=[version.text_id])}?version={version.language}"


def _listed(version: TextVersion) -> list[tuple[Edition, Any, str]]:
    """Return the editions of a version, newest first, each with the label and the colour name of its state.

    Makes one query.
    """
    rows = list(version.editions.select_related("author", "decided_by").annotate(standing=standing()))
    approved = [row.number for row in rows if row.state == EditionState.APPROVED]
    found: list[tuple[Edition, Any, str]] = []
    for row in rows:
        replaced = row.state == EditionState.APPROVED and row.number != max(approved)
        label, colour = STANDINGS["replaced" if replaced else row.standing]
        found.append((row, label, colour))
    return found
