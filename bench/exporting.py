"""What it costs to give all texts in each format, as a multiple of the same as plain text; and whether each document
is what its standard wants.

Texts are those of a synthetic summit, and with them the 193 speeches of a real debate where DATA_DIR has them.
Measured is this process' processor time of writing alone, from readings that are at hand and words that no memory
holds.
"""

import io
import json
import os
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jsonschema
import pypdf
from django.db import transaction
from django.utils import translation
from lxml import etree

from portal.demo import synthetic
from press.formats import WRITERS
from press.imports import files
from press.published_texts.related import related_content
from press.published_texts.selectors import Reading, read, readable
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind, TextVersion, Wording
from press.texts.selectors.rendered_editions import plain_of
from summit.core.database_clock import db_now
from summit.core.languages import spoken
from summit.core.process_cache import forget_all
from summit.summits.models import Summit
from summit.users.models import User

BESIDE = Path(__file__).resolve().parents[2] / "shared"
DATA = Path(os.environ.get("DATA_DIR") or BESIDE / "data") / "unga-77" / "speeches"
SCHEMAS = Path(os.environ.get("SCHEMAS_DIR") or BESIDE / "schemas")
TEXTS = 120
# So much of a text's different words has to be read out of its PDF; a word broken at a line's end is two there.
READ_OUT = 0.9
Check = Callable[[bytes, Reading], bool]


@dataclass(frozen=True)
class Cost:
    """A format: how many documents, how many of them valid, seconds for all, and the multiple of plain text."""

    ending: str
    documents: int
    valid: int
    seconds: float
    multiple: float


def load() -> Summit:
    """Load a synthetic summit and, where they are, the real speeches, all of them out."""
    sizes = synthetic.Sizes(delegations=40, sessions=20, people=200, texts=TEXTS)
    summit = synthetic.load(slug="exported", sizes=sizes)
    with transaction.atomic():
        for path in sorted(DATA.glob("*.txt")) if DATA.is_dir() else ():
            _publish(summit, path)
    return summit


def _publish(summit: Summit, path: Path) -> None:
    taken = files.read(filename=path.name, content=path.read_bytes())
    author, reader = User.objects.order_by("pk")[:2]
    moment = db_now()
    embargo = Embargo.objects.create(summit=summit, moment=moment, decided_by=reader)
    name = f"speech-{path.stem.lower()}"
    text = Text.objects.create(
        summit=summit, slug=name, kind=TextKind.TRANSCRIPT, wording=Wording.DELIVERED, embargo=embargo
    )
    version = TextVersion.objects.create(text=text, language="en", authoritative=True)
    Edition.objects.create(
        version=version,
        number=1,
        title=f"Address of {path.stem}",
        body=taken.body,
        author=author,
        state=EditionState.APPROVED,
        decided_by=reader,
        decided_at=moment,
    )


def readings(summit: Summit) -> list[Reading]:
    """Return all that everybody may read, in every language."""
    found = []
    for edition in readable(summit):
        with translation.override(spoken(edition.version.language)):
            reading = replace(read(summit, edition), beside=related_content(summit, edition))
        found.append(reading)
    return found


def measure(summit: Summit) -> list[Cost]:
    """Write all texts in each format, the plain one first, and look at each document."""
    known, costs, plain = readings(summit), list[Cost](), 0.0
    for ending, (_kind, write) in WRITERS.items():
        forget_all()
        seconds, documents = _written(known, write)
        plain = plain or seconds
        check = CHECKS[ending]()
        valid = sum(check(content, reading) for content, reading in zip(documents, known, strict=True))
        costs.append(Cost(ending, len(documents), valid, seconds, seconds / plain))
    return costs


def _written(known: list[Reading], write: Callable[[Reading], bytes]) -> tuple[float, list[bytes]]:
    started, documents = time.process_time(), []
    for reading in known:
        with translation.override(spoken(reading.language)):
            documents.append(write(reading))
    return time.process_time() - started, documents


def _plain() -> Check:
    return lambda content, reading: content.decode().rstrip().endswith(reading.url)


def _akoma_ntoso() -> Check:
    path = SCHEMAS / "akomantoso30.xsd"
    schema = etree.XMLSchema(etree.parse(str(path))) if path.exists() else None

    def check(content: bytes, _reading: Reading) -> bool:
        document = etree.fromstring(content)
        return schema is None or schema.validate(document)

    return check


def _ninjs() -> Check:
    path = SCHEMAS / "ninjs-3.1.schema.json"
    schema: Any = json.loads(path.read_text()) if path.exists() else {}
    checker = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return lambda content, _reading: checker.is_valid(json.loads(content))


def _linked() -> Check:
    def check(content: bytes, reading: Reading) -> bool:
        found = json.loads(content)
        return (found["@context"], found["url"]) == ("https://schema.org", reading.url)

    return check


def _pdf() -> Check:
    def check(content: bytes, reading: Reading) -> bool:
        document = pypdf.PdfReader(io.BytesIO(content))
        root: Any = document.trailer["/Root"]
        tagged = root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == reading.language
        text = unicodedata.normalize("NFKC", " ".join(page.extract_text() for page in document.pages))
        words = set(unicodedata.normalize("NFKC", plain_of(reading.edition)).split())
        return bool(tagged) and sum(word in text for word in words) >= READ_OUT * len(words)

    return check


CHECKS: dict[str, Callable[[], Check]] = {
    "txt": _plain,
    "pdf": _pdf,
    "xml": _akoma_ntoso,
    "json": _ninjs,
    "jsonld": _linked,
}
