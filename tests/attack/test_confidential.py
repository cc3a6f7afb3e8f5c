"""Sessions that only some may know of: neither pages, nor mails, nor an address tell the others."""

import itertools

import pytest
from django.test import Client

from delegations.models import Party
from sessions.models import Session
from summit.models import Summit
from summit.outbox.models import Message
from tests.attack.crawling import CANARY, NOBODY, delegate, leaks, sign_in
from tests.attack.hidden import HIDDEN, confide
from tests.factories import SummitFactory
from tests.rows import once_a_module

pytestmark = pytest.mark.django_db
Released = tuple[Summit, Party, Party]


@once_a_module
def released() -> Released:
    """Return a summit, the party that takes part, and one that doesn't."""
    summit = SummitFactory(public_changes=True)
    return (summit, *confide(summit))


def test_whoever_takes_part_finds_it_but_not_what_is_for_organisers(released: Released) -> None:
    summit, inside, outside = released
    portal = ["/portal/agenda/", "/portal/agenda/?show=all", "/portal/changes/", "/portal/"]
    public = [f"/{summit.slug}/{rest}" for rest in ("", "agenda/", "agenda/?lang=ar", "agenda/changes/", "press/")]
    public += [f"/api/v1/summits/{summit.slug}/{name}/" for name in ("agenda", "texts")]
    assert leaks(Client(), public) == leaks(sign_in(delegate(outside)), portal + public) == {}
    # The control.
    assert set().union(*leaks(sign_in(delegate(inside)), portal).values()) == {b"zqcanaryxae"}


def test_mails_and_calendars_of_others_do_not_tell(released: Released) -> None:
    _summit, _inside, outside = released
    messages = list(Message.objects.values_list("address", "facts"))
    assert "zqcanaryy" not in str(messages)
    theirs = set(outside.focal_points.values_list("person__email", flat=True)) | {outside.mission_email}
    written_to = {address for address, facts in messages if CANARY.search(str(facts).encode())}
    assert written_to
    assert not written_to & theirs


def test_it_is_like_one_that_never_was(released: Released) -> None:
    summit, _inside, outside = released
    client = sign_in(delegate(outside))
    bases = [f"/{summit.slug}/agenda/", f"/api/v1/summits/{summit.slug}/agenda/", "/portal/agenda/"]
    for base, row in itertools.product(bases, Session.objects.filter(visibility__in=HIDDEN)):
        there, nowhere = client.get(f"{base}{row.public_id}/"), client.get(f"{base}{NOBODY}/")
        assert (there.status_code, nowhere.status_code) == (404, 404)
        assert dict(there.items()) == dict(nowhere.items())
        assert bytes(there.content).replace(row.public_id.encode(), NOBODY.encode()) == bytes(nowhere.content)
