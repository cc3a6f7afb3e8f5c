"""What differs between editions, and how words will look, by the API: as at the desk, and nothing is written."""

import base64
from typing import Any

import pytest

from press.models import Edition
from summit.models import AuditEntry, Summit
from tests.press.api.conftest import do, read, refused
from tests.press.helpers import add_edition, make_delivered, make_text
from tests.summit.api.conftest import Program
from tests.summit.api.test_rooms import kind

pytestmark = pytest.mark.django_db


def told(pairs: list[dict[str, Any]]) -> list[list[tuple[str, str]]]:
    return [[(run["kind"], run["words"].strip()) for run in pair["runs"]] for pair in pairs]


def test_two_editions_are_compared_in_their_order(here: Summit, officer: Program) -> None:
    first = make_text(summit=here, body="Ships are late.\n\nWhales sing.", title="Of ships", speech=True)
    second = add_edition(first.version, body="Ships are slow.\n\nWhales sing.", title="Of ships")
    for one, other in ((first, second), (second, first)):
        found = do(officer, f"editions/{one.public_id}/compare", {"other": other.public_id})
        assert (found["old"], found["new"]) == (first.public_id, second.public_id)
        assert told(found["bodies"]) == [
            [("same", "Ships are"), ("gone", "late"), ("new", "slow"), ("same", ".")],
            [("same", "Whales sing.")],
        ]
    where = f"editions/{first.public_id}/compare"
    stranger = make_text(summit=here)
    assert refused(officer, where, {"other": stranger.public_id}).startswith("These two say different things.")
    assert "#/other" in refused(officer, where, {"other": "nothing-here"}, status=422)
    # Prepared words are compared with what was delivered.
    said = make_delivered(first, body="Ships are late.")
    found = do(officer, f"editions/{said.public_id}/compare", {"other": first.public_id})
    assert (found["old"], found["new"], len(found["bodies"])) == (first.public_id, said.public_id, 2)


def test_words_are_shown_before_they_are_saved(here: Summit, officer: Program, approver: Program) -> None:
    before = Edition.objects.count(), AuditEntry.objects.count()
    found = do(officer, "editions/preview", {"title": "A", "body": "# Of *ships*\n\n<script>x</script> Sail."})
    assert "<em>ships</em>" in found["html"]
    assert "<script" not in found["html"]
    assert (found["minutes"], found["problems"]) == (1, [])
    bad = do(officer, "editions/preview", {"title": "…", "body": ""})
    assert {each["field"] for each in bad["problems"]} == {"title", "body"}
    assert (Edition.objects.count(), AuditEntry.objects.count()) == before
    assert kind(approver.post("summits/here/desk/editions/preview/", {"body": "A"})) == (403, "forbidden")
    assert read(officer, "editions/") == []


def test_words_are_read_from_a_file(here: Summit, officer: Program) -> None:
    content = "# Of ships\n\n![A whale](whale.png) They sail.\n"
    sent = {"file_name": "ships.md", "content": base64.b64encode(content.encode()).decode()}
    found = do(officer, "editions/read-file", sent)
    assert (found["title"], "They sail." in found["body"]) == ("Of ships", True)
    assert [(note["kind"], note["dropped"]) for note in found["notes"] if note["dropped"]] == [("image", True)]
    wrong = {**sent, "content": base64.b64encode(b"%PDF-1.7").decode()}
    assert "This is a PDF." in refused(officer, "editions/read-file", wrong, status=422)
    assert not Edition.objects.exists()
