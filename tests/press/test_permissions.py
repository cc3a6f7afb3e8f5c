"""Who may do what at the press desk, by equality, and that each decision asks for its rule."""

import pytest
from django.core.exceptions import PermissionDenied

from press.embargoes.services import embargoes, joint_publication
from press.texts.models.editions import Edition, EditionState
from press.texts.models.texts import Text
from press.texts.permissions import DECISIONS
from press.texts.services import decisions, editions, texts
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from summit.permissions.rules import RULES
from summit.summits.models import Summit
from tests.delegations.helpers import refuses
from tests.factories import SummitFactory, UserFactory
from tests.press.helpers import approver, make_text, officer, organiser

OFFICER, PRESS = {"press_officer"}, {"press_officer", "press_approver"}
EVERYBODY = {"organiser", *PRESS}
EXPECTED: dict[str, set[str]] = {
    "press.text.view": EVERYBODY,
    "press.text.change": OFFICER,
    "press.topic.view": EVERYBODY,
    "press.topic.change": OFFICER,
    "press.subscriber.view": {"organiser", *OFFICER},
    "press.subscriber.change": set(),
    "press.announcement.view": EVERYBODY,
    "press.announcement.change": set(),
    "press.speechimportfile.view": EVERYBODY,
    "press.speechimportfile.change": set(),
    "press.write": OFFICER,
    "press.schedule": PRESS,
    "press.review": {"press_approver"},
    "press.approve_alone": PRESS,
    "press.withdraw": PRESS,
    "press.hold": EVERYBODY,
    "press.remove": {"organiser", "press_approver"},
}


def test_the_table() -> None:
    found = {action: rule for action, rule in RULES.items() if action.startswith("press.")}
    assert {action: set(rule.any) for action, rule in found.items()} == EXPECTED
    assert [action for action, rule in found.items() if rule.own] == []
    # What each decision about a text needs.
    assert {DECISIONS[name] for name in ("hold", "unhold")} == {"press.hold"}
    assert {DECISIONS[name] for name in ("ask_changes", "approve", "review_afterwards")} == {"press.review"}
    assert {DECISIONS[name] for name in ("set_moment", "deliver", "tie", "untie")} == {"press.schedule"}
    assert DECISIONS["submit"] == "press.write"
    alone = ("approve_alone", "withdraw", "remove")
    assert [DECISIONS[name] for name in alone] == [f"press.{name}" for name in alone]


@pytest.mark.django_db
def test_each_service_refuses_the_nearest_who_may_not(summit: Summit) -> None:
    """Who may is tried where each service is; nothing is written here."""
    edition = make_text(summit=summit, state=EditionState.IN_REVIEW)
    version, text, embargo = edition.version, edition.version.text, edition.version.text.embargo
    words = {"title": "T", "body": "B"}
    by_officer, by_approver, by_organiser = officer(summit), approver(summit), organiser(summit)
    viewer = UserFactory.with_role(Role.VIEWER, summit)
    refused = [
        lambda: texts.create_text(summit=summit, kind="statement", language="en", by=by_approver, **words),
        lambda: texts.add_language(text=text, language="fr", by=by_approver, **words),
        lambda: editions.draft(version=version, based_on=1, by=by_approver, **words),
        lambda: decisions.submit(edition=edition, by=by_approver),
        lambda: decisions.ask_changes(edition=edition, note="n", by=by_officer),
        lambda: decisions.approve(edition=edition, by=by_officer),
        lambda: decisions.approve(edition=edition, by=approver(SummitFactory())),
        lambda: decisions.approve_alone(edition=edition, reason="r", by=by_organiser),
        lambda: decisions.review_afterwards(edition=edition, by=by_officer),
        lambda: embargoes.set_moment(embargo=embargo, moment=None, by=by_organiser),
        lambda: embargoes.release_now(embargo=embargo, by=by_organiser),
        lambda: embargoes.approve_and_publish(edition=edition, note="", by=by_officer),
        lambda: embargoes.wait_for_delivery(embargo=embargo, by=by_organiser),
        lambda: embargoes.deliver(embargo=embargo, by=by_organiser),
        lambda: embargoes.hold(embargo=embargo, reason="r", by=viewer),
        lambda: embargoes.unhold(embargo=embargo, by=viewer),
        lambda: texts.withdraw(text=text, reason="r", by=by_organiser),
        lambda: texts.remove(text=text, reason="r", by=by_officer),
        lambda: texts.describe(text=text, by=by_approver, topics=[], people=[]),
        lambda: joint_publication.tie(text=text, to=make_text(summit=summit).version.text, by=by_organiser),
        lambda: joint_publication.untie(text=text, by=by_organiser),
    ]
    for act in refused:
        refuses(PermissionDenied, act, match="Roles that can do this")
    assert (Text.objects.filter(summit=summit).count(), Edition.objects.filter(version=version).count()) == (2, 1)
    assert not AuditEntry.objects.exists()
