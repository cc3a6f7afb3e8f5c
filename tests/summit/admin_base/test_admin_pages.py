"""What the lists and forms of the admin say and how: header, rows, filters, pages, errors, times."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from summit.admin_base.time_zones import ZoneMixin
from summit.summits.models import Summit
from tests import factories as f
from tests.clients import signed_in

pytestmark = pytest.mark.django_db
PARTIES, SESSIONS = "/admin/delegations/party/", "/admin/agenda/session/"


@pytest.fixture
def summit() -> Summit:
    return f.SummitFactory(slug="here", short_name="Here 2025", time_zone="Asia/Tokyo", place="Tokyo")


def read(client: Client, address: str, **query: Any) -> str:
    page = client.get(address, query)
    assert page.status_code == 200
    return page.content.decode()


class TestHeader:
    def test_every_page_names_the_summit_and_its_time_and_marks_where_one_is(self, desk: Client) -> None:
        for address in ("/admin/", PARTIES):
            content = read(desk, address)
            header = content[content.index("<header") : content.index("</header>")]
            assert re.search(r"<time>\d\d:\d\d Tokyo time</time>", re.sub(r"</?bdi[^>]*>", "", header))
            for said in (">Here 2025</a>", 'data-zone="Asia/Tokyo"', 'href="/accounts/2fa/"'):
                assert said in header
        assert re.findall(r'<a href="([^"]+)" aria-current="page">([^<]+)<', header) == [(PARTIES, "Delegations")]

    def test_the_summit_is_that_of_the_address(self, summit: Summit) -> None:
        other = f.SummitFactory(slug="there", short_name="There 2026")
        client = signed_in(f.UserFactory(is_superuser=True))
        content = read(client, PARTIES, summit__id__exact=other.pk)
        assert ">There 2026</a>" in content
        # Whoever works for several goes on with the one that is shown.
        assert f'href="{SESSIONS}?summit__id__exact={other.pk}"' in content
        assert ">Here 2025</a>" in read(client, PARTIES, summit__id__exact=summit.pk)

    def test_public_pages_have_no_time_of_their_own(self, client: Client, summit: Summit) -> None:
        content = read(client, "/here/")
        assert "<time></time>" in content
        assert re.search(r'<p class="clock"[^>]* hidden>', content)


class TestLists:
    def test_cells_carry_the_names_of_their_columns(self, desk: Client, summit: Summit) -> None:
        f.PartyFactory(summit=summit)
        columns = ["Type", "Protocol order", "Answer", "Level of attendance", "Head of delegation", "People"]
        assert re.findall(r'<td data-label="([^"]+)"', read(desk, PARTIES)) == columns
        assert "aria-sort" not in read(desk, PARTIES)
        assert read(desk, PARTIES, o="-1").count('aria-sort="descending"') == 1

    def test_pages_say_which_rows_they_show(self, desk: Client, summit: Summit) -> None:
        f.PartyFactory.create_batch(53, summit=summit)
        for page, said, near in ((1, "1–50 of 53", ["next"]), (2, "51–53 of 53", ["prev"])):
            content = read(desk, PARTIES, p=page)
            assert (said in content, "53 delegations" in content) == (True, True)
            assert re.findall('rel="(next|prev)"', content) == near

    def test_what_narrows_a_list_is_said_and_an_empty_one_says_what_to_do(self, desk: Client, summit: Summit) -> None:
        content = read(desk, PARTIES)
        assert "Nothing here yet." in content
        assert f'class="button" href="{PARTIES}add/"' in content
        assert "Show all delegations" in read(desk, PARTIES, kind__exact="state")
        for name in ("Aland", "Borduria"):
            f.PartyFactory(summit=summit, name=name)
        content = read(desk, PARTIES, q="Aland", lang="en")
        assert (">Aland<" in content, ">Borduria<" in content) == (True, False)

    def test_a_button_does_it_to_what_is_ticked(self, desk: Client, summit: Summit) -> None:
        party = f.PartyFactory(summit=summit)
        page = desk.post(PARTIES, {"action": "invite", "index": "0"}, follow=True)
        said = ["Select the rows first, then choose an action."]
        assert [str(message) for message in page.context["messages"]] == said
        page = desk.post(PARTIES, {"action": "invite", "index": "0", "_selected_action": party.pk})
        assert page.status_code == 200
        assert "admin/delegations/invitations/invite_parties.html" in [template.name for template in page.templates]

    def test_days_stand_above_sessions_in_their_order(self, desk: Client, summit: Summit) -> None:
        # 23:30 in London is the next day in Tokyo.
        start = datetime(2025, 3, 31, 22, 30, tzinfo=UTC)
        f.SessionFactory(summit=summit, starts_at=start, ends_at=start.replace(minute=50))
        found = r'scope="rowgroup"[^>]*>([^<]+)<'
        assert re.findall(found, read(desk, SESSIONS)) == ["Tuesday 1 April 2025, Tokyo time"]
        assert re.findall(found, read(desk, SESSIONS, o="1")) == []


class TestForms:
    def test_what_stops_a_form_is_said_above_it_and_leads_to_the_fields(self, desk: Client) -> None:
        rows = ("texts", "interpretation", "participants", "slots")
        content = desk.post(f"{SESSIONS}add/", {f"{name}-TOTAL_FORMS": 0 for name in rows}).content.decode()
        assert '<div class="error-summary" role="alert"' in content
        led = re.findall(r'<li><a href="#([^"]+)">', content[content.index("error-summary") :])
        assert {"id_title", "id_starts_at_0", "id_ends_at_0"} <= set(led)
        assert [name for name in led if f'id="{name}"' not in content] == []

    def test_rows_can_be_added_where_no_script_runs(self, desk: Client) -> None:
        for query, number in (({}, 0), ({"rows": 3}, 1)):
            assert read(desk, f"{SESSIONS}add/", **query).count('name="slots-2-title"') == number

    def test_times_are_the_venues(self, desk: Client, summit: Summit, monkeypatch: pytest.MonkeyPatch) -> None:
        Summit.objects.update(answer_by=datetime(2025, 3, 14, 8, tzinfo=UTC))
        address = f"/admin/summit/summit/{summit.pk}/change/"
        assert 'value="17:00"' in read(desk, address)
        # The control: without the zone they would not be.
        monkeypatch.setattr(ZoneMixin, "_zone", lambda *_args: UTC)
        content = read(desk, address)
        assert ('value="08:00"' in content, 'value="17:00"' in content) == (True, False)
