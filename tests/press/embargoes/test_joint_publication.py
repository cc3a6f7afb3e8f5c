"""Texts that go out together or not at all, and the moment they go out late."""

import pytest
from django.db.models import Q
from django.test import Client

from press.embargoes.services import embargoes, joint_publication
from press.texts.errors import DecisionRefused
from press.texts.models import visibility
from press.texts.models.editions import Edition, EditionState
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.visibility import public_editions, published_embargoes
from press.texts.selectors.workflow_queries import together
from press.texts.services import decisions, texts
from summit.audit.models import AuditEntry
from summit.summits.models import Summit
from tests.clients import signed_in
from tests.factories import SummitFactory
from tests.press.helpers import add_language, ago, approver, make_text, move_to_now, officer, url_of

pytestmark = pytest.mark.django_db


def two(summit: Summit, *, second: str = EditionState.IN_REVIEW) -> tuple[Edition, Edition]:
    """Return editions of two texts that are tied, the first approved."""
    states = (EditionState.APPROVED, second)
    one, other = (make_text(summit=summit, state=state, decided_at=ago(9)) for state in states)
    joint_publication.tie(text=one.version.text, to=other.version.text, by=officer(summit))
    for edition in (one, other):
        edition.version.text.refresh_from_db()
    return one, other


def out() -> set[int]:
    return set(public_editions().values_list("pk", flat=True))


def test_nothing_goes_out_before_all_of_it_is_approved(client: Client, summit: Summit) -> None:
    one, other = two(summit)
    embargo = Embargo.objects.get()
    assert (embargo.tied, embargo.texts.count()) == (True, 2)
    move_to_now(embargo)
    assert out() == set()
    assert client.get(url_of(one.version.text)).status_code == 404
    assert not published_embargoes().exists()
    reader = approver(summit)
    decisions.approve(edition=other, by=reader)
    assert out() == {one.pk, other.pk}
    assert Embargo.objects.get().decided_by == reader
    # It went out late, together, at one moment, and says so.
    assert len(set(public_editions().values_list("published_at", flat=True))) == 1
    assert AuditEntry.objects.filter(action="press.complete").count() == 1


def test_control_without_the_condition_the_first_goes_out_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _other = two(SummitFactory())
    move_to_now(Embargo.objects.get())
    monkeypatch.setattr(visibility, "missing", lambda *args, **kwargs: Q(pk__in=[]))
    assert out() == {one.pk}


def test_all_languages_of_one_go_out_together() -> None:
    edition = make_text(decided_at=ago(9))
    text = edition.version.text
    draft = add_language(text, "fr", state=EditionState.IN_REVIEW)
    TextVersion.objects.update(added_at=ago(8))
    joint_publication.tie(text=text, by=officer(text.summit))
    move_to_now(text.embargo)
    assert out() == set()
    decisions.approve(edition=draft, by=approver(text.summit))
    assert out() == {edition.pk, draft.pk}


def test_a_language_added_after_it_was_read_takes_nothing_back() -> None:
    edition = make_text(decided_at=ago(9), moment=ago(1))
    text = edition.version.text
    TextVersion.objects.update(added_at=ago(8))
    Embargo.objects.update(tied=True)
    texts.add_language(text=text, language="zh", title="话", body="话", by=officer(text.summit))
    assert out() == {edition.pk}


def test_approved_before_the_moment_the_moment_stands(summit: Summit) -> None:
    one, other = two(summit)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    decisions.approve(edition=other, by=approver(summit))
    assert out() == set()
    Embargo.objects.update(moment=ago(0.5))
    assert out() == {one.pk, other.pk}
    assert not AuditEntry.objects.filter(action="press.complete").exists()


def test_one_that_is_withdrawn_before_holds_the_others(summit: Summit) -> None:
    one, other = two(summit, second=EditionState.APPROVED)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    texts.withdraw(text=other.version.text, reason="Not agreed.", by=officer(summit))
    embargo = Embargo.objects.get()
    assert embargo.hold_reason == "A text published together with it was withdrawn."
    move_to_now(embargo)
    assert out() == set()
    embargoes.unhold(embargo=embargo, by=officer(summit))
    assert out() == {one.pk}


def test_what_was_approved_while_it_was_held_was_not_read_before(summit: Summit) -> None:
    """The last of two was approved before the hold, or after it: then neither has been read."""
    _one, other = two(summit, second=EditionState.APPROVED)
    TextVersion.objects.update(added_at=ago(8))
    held = {"held_at": ago(4), "held_by": officer(summit), "hold_reason": "Wait."}
    Embargo.objects.update(moment=ago(5), decided_by=officer(summit), **held)
    for hours, read in ((4.5, True), (3, False)):
        Edition.objects.filter(pk=other.pk).update(decided_at=ago(hours))
        assert published_embargoes().exists() is read


def test_untied_a_text_gets_a_embargo_without_a_moment(summit: Summit) -> None:
    one, _other = two(summit, second=EditionState.APPROVED)
    Embargo.objects.update(moment=ago(-1), decided_by=officer(summit))
    joint_publication.untie(text=one.version.text, by=officer(summit))
    embargo = Text.objects.get(pk=one.version.text_id).embargo
    assert (Embargo.objects.count(), embargo.moment, embargo.tied) == (2, None, False)


def test_a_hold_of_either_holds_both(summit: Summit) -> None:
    one, other, by = make_text(summit=summit), make_text(summit=summit), officer(summit)
    embargoes.hold(embargo=one.version.text.embargo, reason="Wait.", by=by)
    joint_publication.tie(text=one.version.text, to=other.version.text, by=officer(summit))
    embargo = Embargo.objects.get()
    assert (embargo.hold_reason, embargo.held_by) == ("Wait.", by)


def test_what_cannot_be_tied(summit: Summit) -> None:
    for other, said in (
        (make_text(summit=summit, moment=ago(1), decided_at=ago(2)), "has already been published"),
        (make_text(), "another summit"),
        (make_text(summit=summit, withdrawn_at=ago(1)), "has been withdrawn"),
    ):
        with pytest.raises(DecisionRefused, match=said):
            joint_publication.tie(
                text=make_text(summit=summit).version.text, to=other.version.text, by=officer(summit)
            )
    assert not Embargo.objects.filter(tied=True).exists()


def test_the_page_names_what_goes_out_with_it() -> None:
    first = make_text(title="Arrivals", state="approved").version.text
    second = make_text(summit=first.summit, title="Funding").version.text
    alone = make_text(summit=first.summit, title="Alone").version.text
    Text.objects.filter(pk=second.pk).update(embargo=first.embargo)
    assert ([text.title for text in together(first)], together(alone)) == (["Funding"], [])
    client = signed_in(officer(first.summit))
    for text, others in ((first, True), (alone, False)):
        page = client.get(f"/admin/press/text/{text.pk}/").content.decode()
        assert ("hold as:" in page, f'"/admin/press/text/{second.pk}/"' in page) == (others, others)
