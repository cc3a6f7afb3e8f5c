"""Admin views that compare two editions of a text, and that return its files for download."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from press.texts.models.editions import Edition
from press.texts.models.texts import Text, TextVersion
from press.texts.selectors.word_differences import compare
from summit.admin_base.model_pages import model_page
from summit.core.languages import direction
from summit.quarantine.selectors import content_of


class ComparisonMixin:
    """Adds the comparison of editions, and the download of files, to the admin of texts."""

    @model_page("<int:pk>/compare/", "compare", "GET")
    def compare_view(self, request: HttpRequest, text: Text) -> HttpResponse:
        """Show the differences between two editions of a language version, word by word.

        The parameters are `version` (a language code), and `a` and `b` (numbers of editions). Raises Http404 if an
        edition doesn't exist.
        """
        rows = TextVersion.objects.filter(text=text).order_by("-authoritative")
        language = request.GET.get("version", "")
        version = (rows.filter(language=language) if language else rows).first()
        pair = [_edition(version, request.GET.get(name, "")) for name in ("a", "b")] if version else []
        if len(pair) != 2 or version is None:
            raise Http404
        old, new = sorted(pair, key=lambda edition: edition.number)
        context = {
            "summit": text.summit,
            "text": text,
            "version": version,
            "words_direction": direction(version.language),
            "old": old,
            "new": new,
            "titles": compare(old.title, new.title),
            "summaries": compare(old.summary, new.summary),
            "bodies": compare(old.body, new.body),
            "title": _("Editions %(one)d and %(other)d") % {"one": old.number, "other": new.number},
        }
        response: HttpResponse = self._page(request, "admin/press/overview/comparison.html", context)  # type: ignore[attr-defined]
        return response

    @model_page("<int:pk>/files/<int:file>/", "file", "GET", subset="file")
    def file_view(self, request: HttpRequest, text: Text, file: int) -> HttpResponse:
        """Return a file of a text for download, even if the file isn't public yet."""
        row = text.files.filter(pk=file).first()
        content = None if row is None else content_of(row)
        if row is None or content is None:
            raise Http404
        name = content_disposition_header(True, row.file_name) or "attachment"
        return HttpResponse(
            content,
            content_type=row.content_type,
            headers={"Content-Disposition": name, "Cache-Control": "no-store"},
        )


def _edition(version: TextVersion | None, number: str) -> Edition:
    parsed = int(number) if number.isdecimal() and len(number) < 9 else 0
    edition = Edition.objects.filter(version=version, number=parsed).first()
    if edition is None:
        raise Http404
    return edition
