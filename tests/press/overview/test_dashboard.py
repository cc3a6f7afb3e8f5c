"""What the home says of texts, to whom, and that its addresses open the texts that it means."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from press.overview import charts
from press.subscriptions.services import announcements
from press.texts.models.embargoes import EmbargoMode
from summit.admin_base import dashboard as admin_base_dashboard
from summit.core.database_clock import db_now
from summit.core.process_cache import forget_all
from summit.outbox.models import Message
from summit.permissions.models import Role
from summit.summits.models import Summit
from summit.users.models import User
from tests.clients import signed_in
from tests.factories import SubscriberFactory, UserFactory
from tests.press.helpers import ago, approver, make_embargo, make_text, officer, organiser

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def asked(user: User) -> Any:
    request: Any = RequestFactory().get("/admin/")
    request.user = user
    return request


def tasks(summit: Summit, user: User) -> dict[str, tuple[str, str]]:
    """The sentences with their urgency and address."""
    return {task.sentence: (task.word, task.address) for task in admin_base_dashboard.tasks(asked(user), summit)}


def opened(user: User, address: str) -> list[str]:
    return sorted(row.title for row in signed_in(user).get(address).context["cl"].result_list)


def one_of_each(summit: Summit) -> None:
    make_text(summit=summit, state="draft", title="Draft")
    make_text(summit=summit, state="in_review", title="In review")
    make_text(summit=summit, state="changes_asked", title="Changes asked")
    make_text(summit=summit, title="No moment")
    make_text(summit=summit, embargo=make_embargo(summit, None, mode=EmbargoMode.DELIVERED), title="When delivered")
    make_text(summit=summit, moment=db_now() + 24 * HOUR, held=True, title="Held")
    make_text(summit=summit, moment=ago(1), held=True, title="Held too long")
    make_text(summit=summit, moment=ago(1), title="Out")
    make_text(summit=summit, moment=ago(3), withdrawn_at=ago(4), title="Withdrawn")


WORDS = {
    "1 text overdue.": ("late", ["Held too long"]),
    "1 text is awaiting your review.": ("now", ["In review"]),
    "1 text needs changes after review.": ("now", ["Changes asked"]),
    "1 approved text is unscheduled. Schedule it.": ("now", ["No moment"]),
    "1 text on hold.": ("now", ["Held"]),
    "1 text will be published when you mark its speech as delivered.": ("next", ["When delivered"]),
    "1 text is a draft. Submit it when it is ready.": ("next", ["Draft"]),
}
OF_OFFICER = [words for words in WORDS if "your review." not in words]
OF_APPROVER = [words for words in WORDS if "changes after" not in words and "a draft" not in words]


@pytest.mark.parametrize(("make", "expected"), [(officer, OF_OFFICER), (approver, OF_APPROVER)])
def test_each_role_is_told_what_it_can_do(summit: Summit, make: Any, expected: list[str]) -> None:
    one_of_each(summit)
    user = make(summit)
    found = tasks(summit, user)
    assert list(found) == expected
    for sentence, (word, address) in found.items():
        assert (word, opened(user, address)) == WORDS[sentence]


def test_nobody_is_told_to_review_their_own_words(summit: Summit) -> None:
    reader = approver(summit)
    make_text(summit=summit, state="in_review", author=reader)
    assert tasks(summit, reader) == {}
    assert list(tasks(summit, approver(summit))) == ["1 text is awaiting your review."]


def test_what_goes_out_within_hours_counts_down(summit: Summit) -> None:
    now = db_now()
    make_text(summit=summit, moment=now + HOUR, title="Ready")
    make_text(summit=summit, moment=now + 2 * HOUR, state="draft", title="Not ready")
    make_text(summit=summit, moment=now + 7 * HOUR, title="Far")
    found = [task for task in admin_base_dashboard.tasks(asked(approver(summit)), summit) if task.counts]
    assert [(task.word, task.sentence, task.moment) for task in found] == [
        ("now", "“\u2068Not ready\u2069” is scheduled but not approved.", now + 2 * HOUR),
        ("next", "“\u2068Ready\u2069” will be published.", now + HOUR),
    ]


def test_the_publication_lag_is_from_the_moment_to_the_last_mail(summit: Summit) -> None:
    SubscriberFactory.create_batch(2, summit=summit)
    moment = db_now() - HOUR
    make_text(summit=summit, moment=moment, title="The text")
    announcements.announce_due()
    request = asked(organiser(summit))
    assert charts.publication_lag(request, summit) is None
    for seconds, mail in enumerate(Message.objects.filter(kind="publication"), start=4):
        Message.objects.filter(pk=mail.pk).update(state="sent", sent_at=moment + timedelta(seconds=seconds))
    forget_all()
    found = charts.publication_lag(request, summit)
    assert found is not None
    assert found.title == "1 text was announced to all subscribers within 5 seconds"
    ((title, _at, mails, lag, waiting),) = found.rows
    assert (title, mails, lag, waiting) == ("The text", "2", "5 seconds", "0")
    # It is for those who see texts before their moment.
    assert charts.publication_lag(asked(UserFactory.with_role(Role.VIEWER, summit)), summit) is None
