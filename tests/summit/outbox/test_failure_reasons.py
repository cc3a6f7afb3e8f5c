"""Why a message did not go out: stored as a key, worded for whoever reads it."""

import pytest
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from summit.outbox import failure_reasons
from summit.outbox.message_kinds import KINDS, label_of
from summit.permissions.models import Role
from tests import factories as f
from tests.languages import pseudo


def test_a_reason_is_worded_when_it_is_read(request: pytest.FixtureRequest) -> None:
    stored = failure_reasons.because("writing", "KeyError")
    assert stored == "@writing:KeyError"
    assert failure_reasons.explanation(stored) == "An error occurred while the email was written: KeyError."
    assert failure_reasons.explanation(failure_reasons.because("worn")) == "No worker could finish it."
    pseudo.install(request)
    with translation.override("fr"):
        assert failure_reasons.explanation(stored) == "⟦An error occurred while the email was written: KeyError.⟧"


def test_what_is_no_reason_of_ours_stays_as_it_is() -> None:
    for said in ("550 no such mailbox", "@gone:1", "", "100% of it"):
        assert (failure_reasons.explanation(said), failure_reasons.is_ours(said)) == (said, False)
    with pytest.raises(KeyError):
        failure_reasons.because("unheard of")


def test_a_key_has_one_meaning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failure_reasons, "REASONS", dict(failure_reasons.REASONS))
    words = gettext_lazy("words")
    assert failure_reasons.register("new", words) == failure_reasons.register("new", words) == "new"
    with pytest.raises(ValueError, match="two reasons are called new"):
        failure_reasons.register("new", gettext_lazy("others"))


def test_every_reason_and_every_kind_is_translatable() -> None:
    assert {
        "worn",
        "delegations.link_dead",
        "agenda.overtaken",
        "press.not_public",
    } <= failure_reasons.REASONS.keys()
    assert [key for key, words in failure_reasons.REASONS.items() if not isinstance(words, Promise)] == []
    assert [name for name, kind in KINDS.items() if not isinstance(kind.label, Promise)] == []
    assert label_of("of long ago") == "of long ago"


@pytest.mark.django_db
def test_the_desk_reads_it_in_words(client: Client) -> None:
    summit = f.SummitFactory()
    client.force_login(f.UserFactory.with_role(Role.ORGANISER, summit))
    values = {"summit": summit, "kind": "invitation", "subject_key": "delegations.invitation:x"}
    f.MessageFactory(**values, state="dropped", problem="@delegations.link_dead:", version=1)
    row = f.MessageFactory(**values, state="failed", problem="550 no <mailbox>", version=2)
    listed = client.get("/admin/outbox/message/").content.decode()
    assert "The invitation was revoked, or its link was revoked or expired" in listed
    page = client.get(f"/admin/outbox/message/{row.pk}/change/").content.decode()
    assert '<bdi lang="en" translate="no">550 no &lt;mailbox&gt;</bdi>' in page
    f.MessageFactory(summit=summit, kind="publication", address="reader@paper.example")
    page = client.get("/admin/outbox/message/?kind=publication").content.decode()
    assert ("reader@paper.example" in page, row.address in page) == (True, False)
