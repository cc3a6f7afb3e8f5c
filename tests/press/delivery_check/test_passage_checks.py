"""Marks in a prepared text while the speech is given: each kept, the newest counting, and what is made of them."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client

from press.delivery_check import services as delivery_check_services
from press.delivery_check.models import PassageCheck
from press.delivery_check.passages import passages, spoken
from press.delivery_check.services import PassageCheckConflict, delivered_body, make_delivered, mark, marked, undo
from press.texts.errors import DecisionRefused
from press.texts.markdown_to_html import to_blocks
from press.texts.models.editions import Edition
from press.texts.models.texts import Text, Wording
from press.texts.services import editions
from summit.audit.models import AuditEntry
from summit.core.database_clock import db_now
from summit.users.models import User
from tests.clients import signed_in
from tests.delegations.helpers import refuses
from tests.module_fixtures import once_a_module
from tests.press import helpers
from tests.press.helpers import add_language, ago, approver, make_text, officer, url_of

pytestmark = pytest.mark.django_db

BODY = "# Head\n\nOne.\n\nTwo.\n\nThree."


@once_a_module
def edition() -> Edition:
    return make_text(speech=True, body=BODY)


@pytest.fixture
def by(edition: Edition) -> User:
    return officer(edition.version.text.summit)


def standing(edition: Edition) -> list[tuple[str, str, str]]:
    """Return of each passage its address, the mark that counts, and what was inserted after it."""
    return [
        (each.passage.anchor, each.mark.kind if each.mark else "", each.inserted.words if each.inserted else "")
        for each in marked(edition)
        if each.passage.anchor
    ]


def test_the_newest_mark_counts_and_none_is_lost(edition: Edition, by: User) -> None:
    before = db_now()
    mark(edition=edition, anchor="p-1", kind="accept", by=by)
    strike = mark(edition=edition, anchor="p-1", kind="strike", by=by)
    assert mark(edition=edition, anchor="p-1", kind="strike", by=by) == strike
    mark(edition=edition, anchor="p-2", kind="change", words=" Else.\r\nMore. ", by=by)
    mark(edition=edition, anchor="p-2", kind="insert", words="Thanks.", by=by)
    assert standing(edition) == [("p-1", "strike", ""), ("p-2", "change", "Thanks."), ("p-3", "", "")]
    rows = list(PassageCheck.objects.all())
    assert [(row.kind, row.words) for row in rows] == [
        ("accept", ""), ("strike", ""), ("change", "Else.\nMore."), ("insert", "Thanks.")
    ]  # fmt: skip
    assert all(before <= row.at <= db_now() for row in rows)
    assert AuditEntry.objects.filter(action="press.mark").count() == 4


def test_a_mark_is_taken_back_and_the_one_before_counts_again(edition: Edition, by: User) -> None:
    first = mark(edition=edition, anchor="p-1", kind="accept", by=by)
    second = mark(edition=edition, anchor="p-1", kind="strike", by=by)
    back = undo(passage_check=second, by=by)
    assert standing(edition)[0] == ("p-1", "accept", "")
    assert undo(passage_check=second, by=by) == back
    undo(passage_check=first, by=by)
    assert standing(edition)[0] == ("p-1", "", "")
    refuses(DecisionRefused, undo, passage_check=back, by=by)
    assert PassageCheck.objects.count() == 4


def test_two_officers_at_one_passage(edition: Edition, by: User, monkeypatch: pytest.MonkeyPatch) -> None:
    other = officer(edition.version.text.summit)
    theirs = mark(edition=edition, anchor="p-1", kind="change", words="Heard so.", by=by, seen=0)
    with pytest.raises(PassageCheckConflict) as meanwhile:
        mark(edition=edition, anchor="p-1", kind="accept", by=other, seen=0)
    assert (meanwhile.value.current, standing(edition)[0]) == (theirs, ("p-1", "change", ""))
    second = mark(edition=edition, anchor="p-2", kind="accept", by=other, seen=0)
    mark(edition=edition, anchor="p-1", kind="accept", by=other, seen=theirs.pk)
    assert standing(edition)[:2] == [("p-1", "accept", ""), ("p-2", "accept", "")]
    undo(passage_check=second, by=by)
    refuses(PassageCheckConflict, mark, edition=edition, anchor="p-2", kind="strike", by=other, seen=second.pk)
    # The control: without looking, the second officer replaces what they haven't seen.
    monkeypatch.setattr(delivery_check_services, "_check_seen", lambda *_asked: None)
    mark(edition=edition, anchor="p-1", kind="strike", by=other, seen=0)
    assert standing(edition)[0] == ("p-1", "strike", "")


def test_what_is_no_mark_is_refused(edition: Edition, by: User) -> None:
    refused: list[tuple[dict[str, str], type[Exception]]] = [
        ({"anchor": "p-9", "kind": "accept"}, DecisionRefused),
        ({"anchor": "", "kind": "accept"}, ValidationError),
        ({"anchor": "p-1", "kind": "undo"}, DecisionRefused),
        ({"anchor": "p-1", "kind": "shout"}, DecisionRefused),
        ({"anchor": "p-1", "kind": "change", "words": "  "}, DecisionRefused),
        ({"anchor": "p-1", "kind": "insert", "words": "***"}, ValidationError),
        ({"anchor": "p-1", "kind": "change", "words": "a\x07"}, ValidationError),
    ]
    for values, problem in refused:
        refuses(problem, mark, edition=edition, by=by, **values)
    summit = edition.version.text.summit
    refuses(PermissionDenied, mark, edition=edition, anchor="p-1", kind="accept", by=approver(summit))
    for other, said in (
        (make_text(summit=summit), "Only prepared texts"),
        (make_text(summit=summit, speech=True, withdrawn_at=ago(1)), "withdrawn"),
    ):
        refuses(DecisionRefused, mark, edition=other, anchor="p-1", kind="accept", by=by, match=said)
    assert not PassageCheck.objects.exists()


def test_marks_are_never_changed(edition: Edition, by: User) -> None:
    row = mark(edition=edition, anchor="p-1", kind="accept", by=by)
    with pytest.raises(DatabaseError), transaction.atomic():
        PassageCheck.objects.filter(pk=row.pk).update(kind="strike")
    for values in ({"kind": "change"}, {"kind": "undo"}, {"kind": "accept", "words": "x"}, {"kind": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PassageCheck.objects.create(edition=edition, anchor="p-1", by=row.by, **values)


def test_marks_hold_in_a_newer_edition_for_passages_that_stayed(edition: Edition, by: User) -> None:
    mark(edition=edition, anchor="p-2", kind="strike", by=by)
    mark(edition=edition, anchor="p-3", kind="accept", by=by)
    body = "Zero is new.\n\nOne.\n\nThree."
    newer = editions.draft(version=edition.version, based_on=1, title="T", body=body, by=by)
    assert standing(newer) == [("p-4", "", ""), ("p-1", "", ""), ("p-3", "accept", "")]


def heard(edition: Edition, by: User) -> None:
    mark(edition=edition, anchor="p-1", kind="strike", by=by)
    mark(edition=edition, anchor="p-2", kind="change", words="Two, *else*.", by=by)
    mark(edition=edition, anchor="p-2", kind="insert", words="And thanks.", by=by)


def test_the_text_as_delivered_is_made_of_the_marks(edition: Edition, by: User) -> None:
    prepared = edition.version.text
    heard(edition, by)
    text = make_delivered(edition=edition, by=by)
    made = editions.newest(text.versions.get())
    body = "# Head\n\n*[passage not delivered]*\n\nTwo, *else*.\n\nAnd thanks.\n\nThree.\n"
    assert (made.body, made.title, made.state, made.number) == (body, edition.title, "draft", 1)
    assert (text.prepared, text.slot, text.wording) == (prepared, prepared.slot, Wording.DELIVERED)
    assert (text.comparison_public, make_delivered(edition=edition, by=by)) == (False, text)
    mark(edition=edition, anchor="p-1", kind="accept", by=by)
    assert make_delivered(edition=edition, by=by) == text
    again = editions.newest(text.versions.get())
    assert (again.number, again.body) == (2, "# Head\n\nOne.\n\nTwo, *else*.\n\nAnd thanks.\n\nThree.\n")
    assert delivered_body(edition, tell_removed=False) == again.body


def test_what_is_told_of_removed_passages_is_in_the_texts_language(edition: Edition, by: User) -> None:
    other = add_language(edition.version.text, "fr", body="Un.\n\nDeux.")
    mark(edition=other, anchor="p-1", kind="strike", by=by)
    assert delivered_body(other).startswith("*[passage non prononcé]*")
    text = make_delivered(edition=edition, by=by)
    assert make_delivered(edition=other, by=by) == text
    assert sorted(text.versions.values_list("language", flat=True)) == ["en", "fr"]


def test_a_speech_of_which_nothing_was_spoken_is_none(edition: Edition, by: User) -> None:
    for anchor in ("p-1", "p-2", "p-3"):
        mark(edition=edition, anchor=anchor, kind="strike", by=by)
    refuses(DecisionRefused, make_delivered, edition=edition, by=by, match="there is nothing to publish")
    assert not Text.objects.filter(wording=Wording.DELIVERED).exists()


# --- the desk ---
def address(edition: Edition, name: str) -> str:
    return f"/admin/press/text/{edition.version.text_id}/{name}/?version={edition.version.language}"


def post(client: Client, edition: Edition, **values: Any) -> Any:
    return client.post(address(edition, "mark"), {"seen": "0", "seen_inserted": "0", **values})


def test_the_desk_marks_with_and_without_a_script(edition: Edition, by: User) -> None:
    client = signed_in(by)
    assert client.get(address(edition, "marking")).content.decode().count('class="passage"') == 3
    plain = post(client, edition, anchor="p-1", kind="accept")
    assert (plain.status_code, plain["Location"]) == (302, f"{address(edition, 'marking')}#p-1")
    part = post(client, edition, anchor="p-2", kind="change", words="Two, <b>else</b>.", part="1")
    shown = part.content.decode()
    assert ("<ins><p>Two, &lt;b&gt;else&lt;/b&gt;.</p>" in shown, "<html" in shown) == (True, False)
    post(client, edition, anchor="p-2", kind="undo", undoes=PassageCheck.objects.get(anchor="p-2").pk)
    assert standing(edition)[:2] == [("p-1", "accept", ""), ("p-2", "", "")]
    wrong = post(client, edition, anchor="p-3", kind="change", words="", part="1")
    assert (wrong.status_code, "Enter the words spoken." in wrong.content.decode()) == (400, True)
    assert post(client, edition, anchor="p-99", kind="accept", part="1").status_code == 404
    # Who marked meanwhile is shown, and what was typed stays.
    other = officer(edition.version.text.summit)
    mark(edition=edition, anchor="p-3", kind="strike", by=other)
    answer = post(client, edition, anchor="p-3", kind="change", words="Mine.", part="1")
    shown = answer.content.decode()
    assert (answer.status_code, ">Mine.</textarea>" in shown) == (409, True)
    assert f"{other} has already recorded “not spoken” for this passage." in shown


def test_the_desk_makes_the_text_as_delivered_and_compares(edition: Edition, by: User) -> None:
    client = signed_in(by)
    assert client.get(address(edition, "delivery")).status_code == 404
    heard(edition, by)
    answer = client.post(address(edition, "make_delivered"), {"tell_removed": "1"})
    text = Text.objects.get(prepared=edition.version.text)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/press/text/{text.pk}/")
    page = client.get(address(edition, "delivery")).content.decode()
    assert ("<del>" in page, "<ins>And thanks.</ins>" in page) == (True, True)
    assert client.get(f"/admin/press/text/{text.pk}/delivery/").content.decode().count("<del>") == page.count("<del>")


# --- readers ---
def test_readers_compare_where_the_office_lets_them(client: Client) -> None:
    prepared = make_text(speech=True, moment=ago(2), body="One was planned.\n\nTwo.", slug="as-planned")
    delivered = helpers.make_delivered(prepared, moment=ago(1), public=True, body="One was said.\n\nTwo.")
    text = delivered.version.text
    path = f"{url_of(text)}comparison/"
    page = client.get(path).content.decode()
    assert ("One was <del>planned</del>." in page, "One was <ins>said</ins>." in page) == (True, True)
    assert path in client.get(url_of(text)).content.decode()
    Text.objects.filter(pk=text.pk).update(comparison_public=False)
    assert client.get(path).status_code == 404
    assert "comparison" not in client.get(url_of(text)).content.decode()


HIDDEN: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"moment": ago(-1)}, {}),
    ({"state": "in_review"}, {}),
    ({"withdrawn_at": ago(0.5)}, {}),
    ({"held": True}, {}),
    ({}, {"moment": ago(-1)}),
    ({}, {"state": "draft"}),
    ({}, {"public": False}),
]


def test_readers_compare_only_while_both_are_read(client: Client) -> None:
    for before, after in HIDDEN:
        prepared = make_text(speech=True, **({"moment": ago(1)} | before))
        delivered = helpers.make_delivered(prepared, **({"moment": ago(1), "public": True} | after))
        slug, summit = delivered.version.text.slug, prepared.version.text.summit.slug
        site, api = f"/{summit}/press", f"/api/v1/summits/{summit}/texts"
        for root in (site, api) if before == {"held": True} else (site,):
            answers = [client.get(f"{root}/{each}/comparison/") for each in (slug, "nothing")]
            assert [answer.status_code for answer in answers] == [404, 404], (before, after)
            assert answers[0].content == answers[1].content


BLOCKS = """# Head

One
goes on.

- a
- b

> Quoted.
>
> Twice.

| a | b |
| --- | --- |
| c | d |

Two [link][x].

[x]: https://a.example/
"""


@pytest.mark.parametrize("body", [BLOCKS, "One.", "a\n\n    code\n\nb\n\n* * *\n\n1. c\n\n   d\n2. e", ""])
def test_what_was_read_as_it_stands_is_the_text(body: str) -> None:
    assert to_blocks(spoken(passages(body), {})) == to_blocks(body)
