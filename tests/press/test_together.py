"""Texts that hang on one lift: each one's page names the others, which its buttons move and hold as well."""

import pytest
from django.test import Client

from press.desk import together
from press.models import Text
from summit.models import Role
from tests.factories import UserFactory
from tests.press.helpers import make_text

pytestmark = pytest.mark.django_db


def test_the_page_names_what_goes_out_with_it() -> None:
    first = make_text(title="Arrivals", state="approved").version.text
    second = make_text(summit=first.summit, title="Funding").version.text
    alone = make_text(summit=first.summit, title="Alone").version.text
    Text.objects.filter(pk=second.pk).update(lift=first.lift)
    assert [text.title for text in together(first)] == ["Funding"]
    assert together(alone) == []
    client = Client()
    client.force_login(UserFactory.with_role(Role.PRESS_OFFICER, first.summit))
    page = client.get(f"/admin/press/text/{first.pk}/change/").content.decode()
    assert "Has its moment, and is held, together with:" in page
    assert "Each goes out once it is approved, even if others aren’t." in page
    assert f'<a href="/admin/press/text/{second.pk}/change/"><bdi lang="">Funding</bdi></a>' in page
    assert "together with:" not in client.get(f"/admin/press/text/{alone.pk}/change/").content.decode()
