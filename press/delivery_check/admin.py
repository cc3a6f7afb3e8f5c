"""Admin pages on which users mark the passages of a prepared text while the speech is given.

Users mark a passage by a key or a button. Each mark is saved at once.
"""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from press.delivery_check import services
from press.delivery_check.models import PassageCheck, PassageCheckKind
from press.delivery_check.services import Marked, PassageCheckConflict
from press.texts.admin.versions import version_of
from press.texts.errors import DecisionRefused
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextVersion, Wording
from press.texts.permissions import can_write
from press.texts.selectors.preview import preview
from press.texts.selectors.word_differences import compare_words, differ
from press.texts.services import editions
from summit.admin_base.model_pages import model_page
from summit.core.languages import direction
from summit.users.models import User


class PassageCheckMixin:
    """Adds the page for marks to the admin of texts, and the page that compares prepared and delivered text."""

    admin_site: Any

    def _prepared(self, request: HttpRequest, text: Text) -> tuple[User, Edition]:
        desk: Any = self
        user: User = desk._user(request)
        return user, editions.newest(version_of(text, request.GET.get("version", "")))

    @model_page("<int:pk>/marking/", "marking", "GET", subset="spoken", do="press.write")
    def marking_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show a prepared text passage by passage, each with the mark that counts.

        If the text can't be marked, redirect to its page with the reason.
        """
        desk: Any = self
        user, edition = self._prepared(request, text)
        version = edition.version
        try:
            services.check_markable(edition, user)
        except DecisionRefused as refused:
            messages.error(request, str(refused))
            return redirect("admin:press_text_detail", text.pk)
        context: dict[str, Any] = {"title": _("Check against delivery"), "delivered": _delivered(version.text)}
        context |= {"passages": [_passage_context(each) for each in services.marked(edition)]}
        page: HttpResponse = desk._page(
            request, "admin/press/delivery_check/passages.html", _about(edition) | context
        )
        return page

    @model_page("<int:pk>/mark/", "mark", "POST", do="press.write")
    def mark_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Save a mark of a passage, or undo a mark.

        With `part` in the POST data, the response is the HTML of the passage. Its status is 409 if somebody else has
        marked the passage in the meantime, and 400 if the mark is refused. Otherwise it redirects to the passage.
        """
        user, edition = self._prepared(request, text)
        anchor, problem, status = request.POST.get("anchor", "")[:20], "", 200
        try:
            _post(request, edition, anchor, user)
        except PassageCheckConflict as meanwhile:
            problem, status = str(meanwhile), 409
        except (DecisionRefused, ValidationError) as refused:
            problem = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
            status = 400
        if "part" not in request.POST:
            if problem:
                messages.error(request, problem)
            return redirect(f"{_address('marking', edition)}#{escape(anchor)}")
        marked_passage = next((each for each in services.marked(edition) if each.passage.anchor == anchor), None)
        if marked_passage is None:
            raise Http404
        typed = request.POST.get("words", "") if problem else ""
        context = _about(edition) | {"each": _passage_context(marked_passage) | {"problem": problem, "typed": typed}}
        return TemplateResponse(request, "admin/press/delivery_check/passage.html", context, status=status)

    @model_page("<int:pk>/make_delivered/", "make_delivered", "POST", do="press.write")
    def make_delivered_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Create or update the text as delivered from the marks, and redirect to its page."""
        user, edition = self._prepared(request, text)
        try:
            delivered = services.make_delivered(edition=edition, by=user, tell_removed="tell_removed" in request.POST)
        except (DecisionRefused, ValidationError) as refused:
            message = " ".join(refused.messages) if isinstance(refused, ValidationError) else str(refused)
            messages.error(request, message)
            return redirect(_address("marking", edition))
        messages.success(request, _("The text as delivered is ready as a draft. Review it, then submit it."))
        return redirect("admin:press_text_detail", delivered.pk)

    @model_page("<int:pk>/delivery/", "delivery", "GET", subset="spoken")
    def delivery_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the differences between the prepared and the delivered text, word by word."""
        desk: Any = self
        texts = _pair(text)
        if texts is None:
            raise Http404
        version = version_of(texts[0], request.GET.get("version", ""))
        delivered_version = TextVersion.objects.filter(text=texts[1], language=version.language).first()
        if delivered_version is None:
            raise Http404
        prepared, delivered = editions.newest(version), editions.newest(delivered_version)
        pairs = compare_words(prepared.body, delivered.body)
        context = _about(delivered) | {
            "title": _("Prepared and as delivered"),
            "shown": pairs,
            "differ": differ(pairs),
            "may_allow": can_write(request.user, text.summit),
        }
        page: HttpResponse = desk._page(request, "admin/press/delivery_check/comparison.html", context)
        return page


def _about(edition: Edition) -> dict[str, Any]:
    version = edition.version
    return {
        "summit": version.text.summit,
        "text": version.text,
        "version": version,
        "edition": edition,
        "words_direction": direction(version.language),
        "mark_url": _address("mark", edition),
    }


def _address(name: str, edition: Edition) -> str:
    version = edition.version
    return f"{reverse(f'admin:press_text_{name}', args=[version.text_id])}?version={version.language}"


def _post(request: HttpRequest, edition: Edition, anchor: str, user: User) -> None:
    kind = request.POST.get("kind", "")
    if kind == PassageCheckKind.UNDO:
        key = request.POST.get("undoes", "")
        wanted = int(key) if key.isdecimal() and len(key) < 18 else 0
        rows = PassageCheck.objects.filter(pk=wanted, edition__version=edition.version_id)
        passage_check = rows.select_related("edition__version__text__summit").first()
        if passage_check is None:
            raise DecisionRefused(_("There is no change to undo."))
        services.undo(passage_check=passage_check, by=user)
        return
    seen = request.POST.get("seen_inserted" if kind == PassageCheckKind.INSERT else "seen", "")
    services.mark(
        edition=edition,
        anchor=anchor,
        kind=kind,
        words=request.POST.get("inserted" if kind == PassageCheckKind.INSERT else "words", ""),
        seen=int(seen) if seen.isdecimal() and len(seen) < 18 else None,
        by=user,
    )


def _passage_context(marked_passage: Marked) -> dict[str, Any]:
    """Return the template context of a passage: its HTML, its mark, and the words inserted after it."""
    mark, inserted = marked_passage.mark, marked_passage.inserted
    return {
        "anchor": marked_passage.passage.anchor,
        "body": marked_passage.passage.body,
        "html": _html(marked_passage.passage.body),
        "mark": mark,
        "changed": _html(mark.words) if mark and mark.words else "",
        "inserted": inserted,
        "inserted_html": _html(inserted.words) if inserted else "",
        "state": mark.kind if mark else "",
    }


def _html(body: str) -> SafeString:
    return mark_safe(preview(body)[0])  # noqa: S308 - cleaned by nh3


def _delivered(text: Text) -> Text | None:
    return Text.objects.filter(prepared=text, withdrawn_at__isnull=True).first()


def _pair(text: Text) -> tuple[Text, Text] | None:
    """Return the prepared text and the text as delivered, one of which is `text`, or None if the other is missing."""
    if text.wording == Wording.DELIVERED:
        return (text.prepared, text) if text.prepared else None
    delivered = _delivered(text)
    return (text, delivered) if delivered else None
