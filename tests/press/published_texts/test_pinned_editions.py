"""Editions under their own addresses, paragraphs that keep theirs, and what stands beside a text."""

import re

import pytest
from django.test import Client

from press.texts.errors import DecisionRefused
from press.texts.models.editions import EditionAttachment, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextKind
from press.texts.selectors import paragraph_anchors
from press.texts.services import decisions, editions
from tests.factories import AttachmentFactory, TopicFactory, UserFactory
from tests.press.helpers import (
    FIRST,
    SECOND,
    add_edition,
    add_language,
    ago,
    approver,
    make_corrected,
    make_delivered,
    make_text,
    officer,
    url_of,
)

pytestmark = pytest.mark.django_db


# --- addresses of paragraphs ----------------------------------------------------------------------------------------
KEPT: list[tuple[str, list[str], str, list[str], list[str]]] = [
    (FIRST, [], SECOND, [], ["p-4", "p-1", "p-2"]),
    (FIRST, [], FIRST, [], ["p-1", "p-2", "p-3"]),
    # What was taken out comes back under another address: a link to it led to nothing meanwhile.
    (SECOND, ["p-4", "p-1", "p-2"], FIRST, ["p-3"], ["p-1", "p-2", "p-5"]),
    ("A.\n\nB.", ["p-7", "p-2"], "B.\n\nA.", ["p-9"], ["p-10", "p-7"]),
    ("- item one\n- item two", [], "- item one\n- item new and different\n- item two", [], ["p-1", "p-3", "p-2"]),
    ("We go.", [], "We go soon.", [], ["p-1"]),
    # Without spaces between words, a letter that was wrong leaves the others as they are.
    (
        "我们将于十月举行会议。\n\n部长们感谢东道主。",
        [],
        "我们将于十一月举行会议。\n\n主席致词。",
        [],
        ["p-1", "p-3"],
    ),
    ("", [], "A.", [], ["p-1"]),
    ("A.", [], "", [], []),
]


def test_paragraphs_keep_their_addresses() -> None:
    for before, given, after, used, expected in KEPT:
        assert paragraph_anchors.follow(before=before, anchors=given, after=after, used=used) == expected
    # The control: counted anew, an address leads to other words.
    assert paragraph_anchors.counted(SECOND)[1] != KEPT[0][4][1]


def test_a_link_to_a_paragraph_is_pinned_and_says_what_became_of_it(client: Client) -> None:
    text = make_corrected()
    page = client.get(url_of(text)).content.decode()
    assert f'<p id="p-2"><a class="pin" href="{url_of(text)}edition/2/#p-2"' in page
    old = client.get(f"{url_of(text)}edition/1/").content.decode()
    assert "This is edition 1, which has since been replaced." in old
    marks = re.findall(r'<mark class="since">(.*?)</mark>', old)
    assert (sorted(marks), "five hundred" in old) == (["changed since", "since removed"], True)
    assert "This is edition 2, the latest." in client.get(f"{url_of(text)}edition/2/").content.decode()


def test_what_was_never_read_has_no_address(client: Client) -> None:
    edition = make_text(moment=ago(1), decided_at=ago(3))
    add_edition(edition.version, decided_at=ago(2))  # replaced the first before anybody read it
    add_edition(edition.version, state=EditionState.DRAFT)
    # A translation's editions have addresses below its language alone.
    add_language(edition.version.text, "fr")
    answers = {n: client.get(f"{url_of(edition.version.text)}edition/{n}/").status_code for n in (1, 2, 3)}
    assert answers == {1: 404, 2: 200, 3: 404}


# --- corrections ----------------------------------------------------------------------------------------------------
def test_what_replaces_words_that_were_read_says_why() -> None:
    for hours, read in ((1, True), (-1, False)):
        edition = make_text(moment=ago(hours), decided_at=ago(3))
        writer, reader = officer(edition.version.text.summit), approver(edition.version.text.summit)
        silent = editions.draft(version=edition.version, based_on=1, title="T", body="B", by=writer)
        decisions.submit(edition=silent, by=writer)
        if read:
            with pytest.raises(DecisionRefused, match="as a correction or clarification"):
                decisions.approve(edition=silent, by=reader)
            with pytest.raises(DecisionRefused, match="Enter what was wrong"):
                editions.draft(
                    version=edition.version, based_on=2, title="T", body="C", change_kind="correction", by=writer
                )
        else:
            decisions.approve(edition=silent, by=reader)
        assert silent.state == (EditionState.IN_REVIEW if read else EditionState.APPROVED)


def test_a_translation_knows_when_it_is_behind(client: Client) -> None:
    text = make_corrected()
    french = add_language(text, "fr", translates=1, title="Navires").version
    page = client.get(f"{url_of(text)}fr/").content.decode()
    assert "This translation is of edition 1 of the original, which has since been corrected." in page
    add_edition(french, translates=2, title="Navires")
    assert "corrected since" not in client.get(f"{url_of(text)}fr/").content.decode()


# --- files ----------------------------------------------------------------------------------------------------------
def test_a_file_is_read_by_whoever_may_read_an_edition_it_lies_beside(client: Client) -> None:
    edition = make_text(moment=ago(1), decided_at=ago(3))
    text = edition.version.text
    open_file, next_file, unused = (AttachmentFactory(text=text, title=f"Annex {n}") for n in "ABC")
    EditionAttachment.objects.create(edition=edition, attachment=open_file)
    draft = add_edition(edition.version, state=EditionState.DRAFT)
    EditionAttachment.objects.create(edition=draft, attachment=next_file)
    path = "{}files/{}/{}"
    answer = client.get(path.format(url_of(text), open_file.public_id, "annex.pdf"))
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"%PDF-1.7 annex", "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="annex.pdf"'
    for file, name in ((next_file, "annex.pdf"), (unused, "annex.pdf"), (open_file, "other.pdf")):
        assert client.get(path.format(url_of(text), file.public_id, name)).status_code == 404
    page = client.get(url_of(text)).content.decode()
    assert ("Annex A" in page, "Annex B" in page, "Annex C" in page) == (True, False, False)


# --- withdrawn and removed ------------------------------------------------------------------------------------------
GONE = {"withdrawn_at": ago(2), "withdrawal_reason": "Wrong.", "removed_at": ago(1), "removal_reason": "A name."}


def test_what_was_read_and_removed_is_gone_everywhere(client: Client) -> None:
    by = UserFactory()
    text, never = (make_text(moment=ago(h), decided_at=ago(9), title="Zebra").version.text for h in (5, -5))
    Text.objects.update(**GONE, withdrawn_by=by, removed_by=by)
    for ending in ("/", "/edition/1/", ".pdf"):
        answer = client.get(url_of(text)[:-1] + ending)
        assert (answer.status_code, b"A name." in answer.content, b"Zebra" in answer.content) == (410, True, False)
    assert client.get(f"{url_of(text)}fr/").status_code == 404
    assert "Zebra" not in client.get(f"/{text.summit.slug}/press/").content.decode()
    # What was removed before it was read was never there.
    assert client.get(url_of(never)).status_code == 404


# --- what stands beside ---------------------------------------------------------------------------------------------
def test_prepared_and_delivered_lead_to_each_other_when_both_are_read(client: Client) -> None:
    prepared = make_text(moment=ago(5), decided_at=ago(9), speech=True, title="As written")
    delivered = make_delivered(prepared, moment=ago(-1), decided_at=ago(9), title="As said").version.text
    path = url_of(prepared.version.text)
    assert "As said" not in client.get(path).content.decode()
    Embargo.objects.filter(pk=delivered.embargo_id).update(moment=ago(1))
    assert "Read the text as delivered:" in client.get(path).content.decode()
    page = client.get(url_of(delivered)).content.decode()
    assert ("As written" in page, 'data-kind="correction"' in page) == (True, False)


def test_topics_and_the_medias_access_stand_on_the_page(client: Client) -> None:
    edition = make_text(moment=ago(5), decided_at=ago(9))
    text = edition.version.text
    text.topics.add(TopicFactory(summit=text.summit, name="Coasts", names={"fr": "Côtes"}))
    text.kind, text.media_access, text.gather_place = TextKind.ADVISORY, "pooled", "North gate"
    text.save()
    page = client.get(url_of(text)).content.decode()
    assert all(said in page for said in ("Coasts", "pooled media", "North gate"))
    assert "Côtes" in client.get(f"{url_of(text)}?lang=fr").content.decode()
