"""How the personal data in import files is found and erased."""

import html
import json

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from summit.imports.models import ImportFile
from summit.privacy.registry import Portion, Subject, portion


def naming(subject: Subject) -> QuerySet[ImportFile]:
    """Return the import files that name the person. Files are encrypted, so each file of the summit is searched."""
    keys = []
    for row in ImportFile.objects.filter(summit=subject.summit).iterator(chunk_size=5):
        content = bytes(row.content).decode("utf-8", "replace")
        if subject.says(f"{row.filename} {_plain(row.report)} {_plain(content)} {_plain(row.journal)}"):
            keys.append(row.pk)
    return ImportFile.objects.filter(pk__in=keys).order_by("pk")


def _plain(text: str) -> str:
    """Return JSON or XML with its escaped characters decoded."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return html.unescape(text)


def _erase(subject: Subject) -> int:
    keys = list(naming(subject).values_list("pk", flat=True))
    ImportFile.objects.filter(pk__in=keys).delete()
    return len(keys)


portion(25)(
    Portion(
        name="import_files",
        title=_("Imported files that name the person"),
        model=ImportFile,
        rows=naming,
        erase=_erase,
        gone=_("Deleted. Imported data stays until it is erased separately."),
        # The files name other people too, so their content isn't in the copy.
        columns=("filename", "uploaded_at", "applied_at"),
    )
)
