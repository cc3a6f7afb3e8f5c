"""Sessions that only some may know of: no page tells the others. Who is written to: tests/portal; that an address
tells nothing: tests/sessions/public/test_leaks.py, tests/routes."""

import pytest
from django.test import Client

from tests.attack.crawler import delegate, leaks
from tests.attack.hidden_content import confide
from tests.clients import signed_in
from tests.factories import SummitFactory

pytestmark = pytest.mark.django_db


def test_whoever_takes_part_finds_it_but_not_what_is_for_organisers() -> None:
    summit = SummitFactory(public_changes=True)
    inside, outside = confide(summit)
    portal = ["/portal/agenda/", "/portal/agenda/?show=all", "/portal/changes/", "/portal/"]
    public = [f"/{summit.slug}/{rest}" for rest in ("", "agenda/", "agenda/?lang=ar", "agenda/changes/", "press/")]
    public += [f"/api/v1/summits/{summit.slug}/{name}/" for name in ("agenda", "texts")]
    assert leaks(Client(), public) == leaks(signed_in(delegate(outside)), portal + public) == {}
    # The control.
    assert set().union(*leaks(signed_in(delegate(inside)), portal).values()) == {b"zqcanaryxae"}
