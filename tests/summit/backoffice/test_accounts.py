"""The list of accounts: which roles they hold, and where access is given."""

import pytest

from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
LIST, ROLES = "/admin/summit/user/", "/admin/summit/roleassignment/"


def test_accounts_show_their_roles_and_lead_to_where_access_is_given() -> None:
    here, there = f.SummitFactory(short_name="Here"), f.SummitFactory(short_name="There")
    organiser = f.UserFactory.with_role(Role.ORGANISER, here)
    colleague = f.UserFactory.with_role(Role.PROTOCOL, here, email="colleague@host.example")
    here.roles.create(user=colleague, role=Role.VETTING)
    there.roles.create(user=colleague, role=Role.PRESS_OFFICER)
    browser = signed_in(organiser)
    shown = browser.get(LIST).content.decode()
    assert shown.count(">protocol, vetting<") == 1
    # Of another summit's roles one knows nothing.
    assert "press officer" not in shown
    assert f'<a class="button" href="{ROLES}">Roles</a>' in shown
    page = browser.get(f"{LIST}{colleague.pk}/change/").content.decode()
    assert f'href="{ROLES}?q=colleague%40host.example"' in page
    there.roles.create(user=organiser, role=Role.ORGANISER)
    both = signed_in(organiser).get(LIST, follow=True).content.decode()
    assert ">Here: protocol, vetting · There: press officer<" in both
