"""Write a text as Akoma Ntoso 3.0 (OASIS LegalDocML): a transcript as a debate, other kinds as a statement."""

from django.conf import settings
from lxml import etree

from press.formats import akomantoso_body, akomantoso_meta
from press.formats.akomantoso_body import NS, Element, add
from press.formats.akomantoso_meta import SOURCE, moment
from press.published_texts.document_facts import facts
from press.published_texts.reader_notices import notices
from press.published_texts.selectors import STAR, Reading
from press.texts.models.texts import TextKind
from press.texts.selectors.rendered_editions import blocks_of

SECTION, SPEECH, BODY = "dbsect_1", "dbsect_1__speech_1", "body"


def write(reading: Reading) -> bytes:
    """Return the text as XML in UTF-8. It is valid according to the standard's schema."""
    root = etree.Element(f"{{{NS}}}akomaNtoso", nsmap={None: NS})  # type: ignore[dict-item]
    text = reading.edition.version.text
    if text.kind == TextKind.TRANSCRIPT:
        document = add(root, "debate", name="transcript")
        akomantoso_meta.write(document, reading, body=SPEECH)
        _preface(document, reading)
        _speech(add(document, "debateBody"), reading)
    else:
        document = add(root, "statement", name=text.kind)
        akomantoso_meta.write(document, reading, body=BODY)
        _preface(document, reading)
        akomantoso_body.write(add(document, "mainBody", eId=BODY), blocks_of(reading.edition), "")
    _attachments(document, reading)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=False)


def _preface(document: Element, reading: Reading) -> None:
    preface = add(document, "preface")
    add(add(preface, "p"), "docTitle", reading.edition.title)
    for notice in notices(reading):
        add(preface, "p", notice.line, **{"class": notice.kind})
    if reading.occasion:
        _when(preface, reading)
    for line in facts(reading):
        add(preface, "p", line, **{"class": "fact"})
    if reading.edition.summary:
        add(preface, "p", reading.edition.summary, **{"class": "summary"})


def _when(preface: Element, reading: Reading) -> None:
    """Add the title and day of the session, and the time if it is public."""
    occasion = reading.occasion
    if occasion is None:
        return
    begins = occasion.starts_at.astimezone(reading.summit.zone)
    paragraph = add(preface, "p", occasion.words.title + " ", **{"class": "session"})
    if occasion.times_known:
        add(paragraph, "docDate", begins.isoformat(timespec="minutes"), date=moment(begins))
    else:
        add(paragraph, "docDate", begins.date().isoformat(), date=begins.date().isoformat())


def _speech(body: Element, reading: Reading) -> None:
    section = add(body, "debateSection", name="speech", eId=SECTION)
    add(section, "heading", reading.edition.title)
    attributes = {"by": "#speaker" if reading.slot else SOURCE, "eId": SPEECH}
    if reading.slot and reading.slot.speaker.office:
        attributes["as"] = "#office_held"
    if reading.slot and reading.occasion and reading.occasion.times_known:
        attributes["startTime"] = moment(reading.occasion.starts_at)
    speech = add(section, "speech", **attributes)
    if reading.who:
        from_element = add(speech, "from", reading.who)
        if reading.note:
            add(add(from_element, "authorialNote", marker=STAR), "p", reading.note)
    akomantoso_body.write(speech, blocks_of(reading.edition), SPEECH)


def _attachments(document: Element, reading: Reading) -> None:
    files = reading.beside.files
    attachments = add(document, "attachments") if files else None
    for number, file in enumerate(files, 1):
        attachment = add(attachments, "attachment", eId=f"att_{number}") if attachments is not None else document
        add(attachment, "heading", file.title)
        add(
            attachment,
            "documentRef",
            eId=f"att_{number}__docRef_1",
            href=settings.BASE_URL + file.url,
            showAs=file.title,
        )
