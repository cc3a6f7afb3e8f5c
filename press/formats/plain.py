"""Write a text as plain text, without markup."""

from django.conf import settings
from django.utils.translation import gettext as _

from press.published_texts.document_facts import facts
from press.published_texts.reader_notices import changes, notices
from press.published_texts.selectors import STAR, Reading
from press.texts.selectors.rendered_editions import plain_of


def write(reading: Reading) -> bytes:
    """Return the text without markup, in UTF-8. Title, speaker, session and dates come before the body.

    If the text is withdrawn, the notice about this comes first.
    """
    edition = reading.edition
    warnings = [f"[{notice.line}]" for notice in notices(reading) if notice.kind == "withdrawn"]
    parts = [
        *warnings,
        "\n".join(filter(None, [edition.title, reading.who_marked, *facts(reading)])),
        "\n".join(changes(reading)),
        edition.summary,
        plain_of(edition).rstrip(),
        f"{STAR} {reading.note}" if reading.note else "",
        "\n".join(_files(reading)),
        reading.url,
    ]
    return ("\n\n".join(filter(None, parts)) + "\n").encode()


def _files(reading: Reading) -> list[str]:
    base, files = settings.BASE_URL, reading.beside.files
    heading = [_("Attachments:")] if files else []
    return heading + [f"– {file.title} ({file.format}, {file.large}): {base}{file.url}" for file in files]
