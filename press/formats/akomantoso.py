"""Akoma Ntoso 3.0 (OASIS LegalDocML): a speech as a debate, everything else as a statement."""

from collections.abc import Iterable
from datetime import UTC, datetime

from lxml import etree

from press.domain.markdown import Block, Span, to_blocks
from press.models import TextKind
from press.reading import STAR, Reading

NS = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
# ISO 639-2, which the format wants of its languages.
LANGUAGES = {"en": "eng", "fr": "fra", "ar": "ara"}
MARKS = {"strong": "b", "em": "i", "strike": "del", "code": "span"}
SOURCE = "#office"

Element = etree._Element


def _add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    found = etree.SubElement(parent, f"{{{NS}}}{name}", attributes)
    found.text = text or None
    return found


def write(reading: Reading) -> bytes:
    """Return the text as XML in UTF-8, valid against the standard's schema."""
    root = etree.Element(f"{{{NS}}}akomaNtoso", nsmap={None: NS})  # type: ignore[dict-item]
    text = reading.edition.version.text
    if text.kind == TextKind.TRANSCRIPT:
        document = _add(root, "debate", name="transcript")
        _meta(document, reading)
        _preface(document, reading)
        _speech(_add(document, "debateBody"), reading)
    else:
        document = _add(root, "statement", name=text.kind)
        _meta(document, reading)
        _preface(document, reading)
        _paragraphs(_add(document, "mainBody"), to_blocks(reading.edition.body))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=False)


def _date(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="seconds")


def _meta(document: Element, reading: Reading) -> None:
    edition, summit = reading.edition, reading.summit
    meta = _add(document, "meta")
    identification = _add(meta, "identification", source=SOURCE)
    language = LANGUAGES.get(reading.language, "und")
    work = f"/akn/un/{document.tag.partition('}')[2]}/{summit.slug}/{edition.version.text.slug}"
    expression = f"{work}/{language}@{edition.number}"
    first, current = _date(reading.first_published_at), _date(reading.published_at)
    for name, uri, moment, what in (
        ("FRBRWork", work, first, "published"),
        ("FRBRExpression", expression, current, "corrected" if reading.corrected else "published"),
        ("FRBRManifestation", f"{expression}.xml", current, "published"),
    ):
        level = _add(identification, name)
        _add(level, "FRBRthis", value=f"{uri}/!main")
        _add(level, "FRBRuri", value=uri)
        if name == "FRBRWork":
            _add(level, "FRBRalias", value=reading.tag, name="tag")
        _add(level, "FRBRdate", date=moment, name=what)
        _add(level, "FRBRauthor", href=SOURCE)
        if name == "FRBRWork":
            _add(level, "FRBRcountry", value="un")
            _add(level, "FRBRname", value=edition.version.text.slug)
        elif name == "FRBRExpression":
            _add(level, "FRBRversionNumber", value=str(edition.number))
            _add(level, "FRBRauthoritative", value="true" if edition.version.authoritative else "false")
            _add(level, "FRBRlanguage", language=language)
        else:
            _add(level, "FRBRformat", value="application/akn+xml")
    _references(meta, reading)


def _references(meta: Element, reading: Reading) -> None:
    references = _add(meta, "references", source=SOURCE)
    host = reading.summit.named(reading.language).host
    _add(references, "TLCOrganization", eId="office", href="/ontology/organization/press", showAs=host)
    if reading.slot:
        key = reading.slot.speaker.public_id
        _add(
            references, "TLCPerson", eId="speaker", href=f"/ontology/person/{key}", showAs=reading.slot.speaker.label
        )
    if reading.slot and reading.slot.party:
        key, name = reading.slot.party.public_id, reading.named.name if reading.named else reading.slot.party.name
        _add(references, "TLCOrganization", eId="party", href=f"/ontology/organization/{key}", showAs=name)


def _preface(document: Element, reading: Reading) -> None:
    preface = _add(document, "preface")
    title = _add(preface, "p")
    _add(title, "docTitle", reading.edition.title)
    _add(preface, "p", reading.what)
    if reading.occasion:
        place = ", ".join(filter(None, (reading.occasion.words.title, reading.occasion.room_name)))
        line = _add(preface, "p", place + " ")
        moment = reading.occasion.starts_at.astimezone(reading.summit.zone)
        if reading.occasion.times_known:
            _add(line, "docDate", moment.isoformat(timespec="minutes"), date=_date(moment))
        else:
            _add(line, "docDate", moment.date().isoformat(), date=moment.date().isoformat())
    if reading.withdrawn:
        _add(preface, "p", reading.edition.version.text.withdrawal_reason, **{"class": "withdrawn"})
    if reading.edition.summary:
        _add(preface, "p", reading.edition.summary, **{"class": "summary"})


def _speech(body: Element, reading: Reading) -> None:
    section = _add(body, "debateSection", name="speech", eId="dbsect_1")
    _add(section, "heading", reading.edition.title)
    attributes = {"by": "#speaker" if reading.slot else SOURCE, "eId": "dbsect_1__speech_1"}
    if reading.occasion and reading.occasion.times_known:
        attributes["startTime"] = _date(reading.occasion.starts_at)
    speech = _add(section, "speech", **attributes)
    if reading.who:
        line = _add(speech, "from", reading.who)
        if reading.note:
            _add(_add(line, "authorialNote", marker=STAR), "p", reading.note)
    _paragraphs(speech, to_blocks(reading.edition.body))


def _paragraphs(parent: Element, blocks: Iterable[Block]) -> None:
    for block in blocks:
        _paragraph(parent, block)
    if not len(parent) or parent[-1].tag == f"{{{NS}}}from":
        _add(parent, "p")


def _paragraph(parent: Element, block: Block) -> None:
    if block.kind in ("ul", "ol"):
        extra = {"start": str(block.start)} if block.kind == "ol" and block.start != 1 else {}
        listed = _add(parent, block.kind, **({"class": f"start-{block.start}"} if extra else {}))
        for item in block.children:
            line = _add(listed, "li", **_address(item))
            _item(line, item)
    elif block.kind == "quote":
        for child in block.children:
            _paragraph(parent, child)
    elif block.kind == "table":
        table = _add(parent, "table")
        for row in block.children:
            line = _add(table, "tr")
            for cell in row.children:
                _spans(_add(_add(line, "td"), "p"), cell.spans)
    elif block.kind in ("p", "h", "code"):
        kind = {"h": "heading", "code": "code"}.get(block.kind)
        _spans(_add(parent, "p", **_address(block), **({"class": kind} if kind else {})), block.spans)


def _item(line: Element, item: Block) -> None:
    """An item holds words and lists, no paragraphs: of several paragraphs each starts a new line."""
    for position, child in enumerate(item.children):
        if child.kind in ("ul", "ol"):
            _paragraph(line, child)
            continue
        if position and item.children[position - 1].kind not in ("ul", "ol"):
            _add(line, "eol")
        inner = child.children if child.kind == "quote" else (child,)
        for part in inner:
            _spans(line, part.spans)


def _address(block: Block) -> dict[str, str]:
    return {"eId": block.anchor} if block.anchor else {}


def _spans(parent: Element, spans: Iterable[Span]) -> None:
    for span in spans:
        if span.text == "\n":
            _add(parent, "br")
            continue
        holder = parent
        if span.href:
            holder = _add(holder, "a", href=span.href)
        for mark in sorted(span.marks):
            holder = _add(holder, MARKS[mark])
        if holder is not parent:
            holder.text = span.text
        elif len(parent):
            parent[-1].tail = (parent[-1].tail or "") + span.text
        else:
            parent.text = (parent.text or "") + span.text
