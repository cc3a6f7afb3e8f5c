"""Write the Akoma Ntoso metadata of a text: its identifiers, its lifecycle and its references.

Names follow the standard's naming convention. The name of a work consists of country ("un", which is no single
country), type, kind, summit, day and slug. The name of an expression adds the three-letter code of the language, and
the day and number of the edition. Each correction is an event in the lifecycle and a modification of the work. A
withdrawal is the last event.
"""

from datetime import UTC, datetime

from django.conf import settings

from press.formats.akomantoso_body import Element, add
from press.formats.codes import three
from press.published_texts.selectors import PublishedChange, Reading

SOURCE = "#office"
MEDIA_TYPE = "application/akn+xml"


def moment(value: datetime) -> str:
    """Return a moment in UTC, in ISO format to the second."""
    return value.astimezone(UTC).isoformat(timespec="seconds")


def work(reading: Reading, doc_type: str) -> str:
    """Return the name of a text as a work.

    The name has the day of the embargo's moment, so that it is the same for all languages and editions of the text.
    """
    text, summit = reading.edition.version.text, reading.summit
    day = (text.embargo.moment or reading.first_published_at).astimezone(summit.zone).date()
    return f"/akn/un/{doc_type}/{text.kind}/{summit.slug}/{day.isoformat()}/{text.slug}"


def _expression(reading: Reading, work_name: str, number: int, at: datetime) -> str:
    day = at.astimezone(reading.summit.zone).date()
    return f"{work_name}/{three(reading.language)}@{day.isoformat()},{number}"


def write(document: Element, reading: Reading, *, body: str) -> None:
    """Add the meta section to a document. `body` is the eId of the element with the words of the text."""
    doc_type = document.tag.partition("}")[2]
    work_name, meta = work(reading, doc_type), add(document, "meta")
    _identification(meta, reading, work_name)
    _classification(meta, reading)
    _lifecycle(meta, reading)
    _analysis(meta, reading, body)
    _references(meta, reading, work_name)


def _identification(meta: Element, reading: Reading, work_name: str) -> None:
    edition, version = reading.edition, reading.edition.version
    identification = add(meta, "identification", source=SOURCE)
    first, current = moment(reading.first_published_at), moment(reading.published_at)
    expression = _expression(reading, work_name, edition.number, reading.published_at)
    for name, uri, at, what in (
        ("FRBRWork", work_name, first, "published"),
        ("FRBRExpression", expression, current, "corrected" if reading.corrected else "published"),
        ("FRBRManifestation", f"{expression}.xml", current, "published"),
    ):
        level = add(identification, name)
        add(level, "FRBRthis", value=f"{uri}/!main")
        add(level, "FRBRuri", value=uri)
        if name != "FRBRManifestation":
            alias = (reading.tag, "tag") if name == "FRBRWork" else (reading.url, "url")
            add(level, "FRBRalias", value=alias[0], name=alias[1])
        add(level, "FRBRdate", date=at, name=what)
        add(level, "FRBRauthor", href=SOURCE)
        if name == "FRBRWork":
            add(level, "FRBRcountry", value="un")
            add(level, "FRBRsubtype", value=version.text.kind)
            add(level, "FRBRname", value=version.text.slug)
        elif name == "FRBRExpression":
            _expression_level(level, reading, work_name)
        else:
            add(level, "FRBRformat", value=MEDIA_TYPE)


def _expression_level(level: Element, reading: Reading, work_name: str) -> None:
    version = reading.edition.version
    add(level, "FRBRversionNumber", value=str(reading.edition.number))
    add(level, "FRBRauthoritative", value="true" if version.authoritative else "false")
    add(level, "FRBRlanguage", language=three(reading.language))
    original = next((each for each in reading.versions if not each.current), None)
    if original and not version.authoritative:
        # The authoritative version comes first in `versions`.
        language = three(original.language)
        add(
            level,
            "FRBRtranslation",
            href=f"{work_name}/{language}",
            fromLanguage=language,
            authoritative="false",
            by=SOURCE,
        )


def _classification(meta: Element, reading: Reading) -> None:
    if not reading.beside.topics:
        return
    classification = add(meta, "classification", source=SOURCE)
    for key, name in reading.beside.topics:
        add(classification, "keyword", value=key, showAs=name, dictionary="#topics")


def _ref(change: PublishedChange) -> str:
    return f"edition_{change.number}"


def _lifecycle(meta: Element, reading: Reading) -> None:
    lifecycle = add(meta, "lifecycle", source=SOURCE)
    for number, change in enumerate(reversed(reading.history)):
        values = {"type": "amendment" if number else "generation", "source": f"#{_ref(change)}"}
        add(lifecycle, "eventRef", eId=f"eventRef_{number + 1}", date=moment(change.at), **values)
    if (withdrawn := reading.edition.version.text.withdrawn_at) is not None:
        values = {"type": "repeal", "source": "#withdrawal"}
        add(lifecycle, "eventRef", eId=f"eventRef_{len(reading.history) + 1}", date=moment(withdrawn), **values)


def _analysis(meta: Element, reading: Reading, body: str) -> None:
    if not reading.corrections:
        return
    modifications = add(add(meta, "analysis", source=SOURCE), "passiveModifications")
    for number, change in enumerate(reversed(reading.corrections), 1):
        modification = add(modifications, "textualMod", type="substitution", eId=f"pmod_{number}")
        add(modification, "source", href=f"#{_ref(change)}")
        add(modification, "destination", href=f"#{body}")


def _references(meta: Element, reading: Reading, work_name: str) -> None:
    references = add(meta, "references", source=SOURCE)
    past = list(reversed(reading.history))
    for number, change in enumerate(past):
        uri = _expression(reading, work_name, change.number, change.at)
        title = ": ".join(filter(None, (change.said, change.note))) if number else reading.edition.title
        add(references, "passiveRef" if number else "original", eId=_ref(change), href=uri, showAs=title)
    text, beside = reading.edition.version.text, reading.beside
    if reading.withdrawn:
        add(references, "passiveRef", eId="withdrawal", href=reading.url, showAs=text.withdrawal_reason)
    # The prepared and the delivered text of a speech are separate works, which refer to each other.
    related_texts = ("activeRef", "prepared", beside.prepared), ("passiveRef", "delivered", beside.delivered)
    for name, kind, related in related_texts:
        if related:
            add(references, name, eId=kind, href=settings.BASE_URL + related.url, showAs=related.title)
    for number, file in enumerate(beside.files, 1):
        href = settings.BASE_URL + file.url
        add(references, "hasAttachment", eId=f"file_{number}", href=href, showAs=file.title, type=file.content_type)
    _who(references, reading)


def _who(references: Element, reading: Reading) -> None:
    host, slot = reading.summit.named(reading.language).host, reading.slot
    add(references, "TLCOrganization", eId="office", href="/akn/ontology/organization/un/press", showAs=host)
    if slot:
        person = slot.speaker
        href = f"/akn/ontology/person/un/{person.public_id}"
        add(references, "TLCPerson", eId="speaker", href=href, showAs=person.label)
        if person.office:
            add(references, "TLCRole", eId="office_held", href=f"{href}/office", showAs=person.office)
    if slot and slot.party:
        name = reading.named.name if reading.named else slot.party.name
        href = f"/akn/ontology/organization/un/{slot.party.public_id}"
        add(references, "TLCOrganization", eId="party", href=href, showAs=name)
    for number, person in enumerate(reading.beside.people, 1):
        href = f"/akn/ontology/person/un/{person.public_id}"
        add(references, "TLCPerson", eId=f"person_{number}", href=href, showAs=person.label)
