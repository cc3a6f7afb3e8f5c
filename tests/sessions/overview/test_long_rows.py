"""The form of a session leaves many participants or speeches to their own pages, and loses none of them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sessions.draft.models.participants import Participant
from sessions.draft.models.sessions import Session
from sessions.overview.admin.long_rows import ROWS_IN_FORM, LeftOut
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.delegations.helpers import sign_in
from tests.sessions.overview.test_edit_conflicts import LIST, form_of, make
from tests.sessions.overview.test_session_detail import section

pytestmark = pytest.mark.django_db


def prefixes(response: Any) -> set[str]:
    return {each.formset.prefix for each in response.context["inline_admin_formsets"]}


def participants(row: Session, number: int) -> list[Participant]:
    return [f.ParticipantFactory(session=row, party=f.PartyFactory(summit=row.summit)) for _each in range(number)]


def test_rows_beyond_a_few_are_edited_on_their_own_pages(desk: Client, summit: Summit) -> None:
    row = make(summit)
    participants(row, ROWS_IN_FORM)
    f.SlotFactory.create_batch(ROWS_IN_FORM, session=row)
    url = f"{LIST}{row.pk}/change/"
    assert prefixes(desk.get(url)) == {"texts", "interpretation", "participants", "slots"}
    participants(row, 1)
    f.SlotFactory(session=row)
    response = desk.get(url)
    assert prefixes(response) == {"texts", "interpretation"}
    speakers = reverse("admin:agenda_session_speakers", args=[row.pk])
    left_out = [LeftOut("4 participants", section(row, "participants")), LeftOut("4 speeches", speakers)]
    assert response.context["left_out"] == left_out
    assert prefixes(desk.get(section(row, "participants"))) == {"participants"}
    reader = sign_in(summit, Role.VIEWER).get(url)
    assert prefixes(reader) >= {"participants", "slots"}


def test_a_form_without_rows_changes_none(desk: Client, summit: Summit) -> None:
    row = make(summit)
    participants(row, ROWS_IN_FORM + 1)
    without = {name: value for name, value in form_of(row, title="Closing").items() if "participants-" not in name}
    assert desk.post(f"{LIST}{row.pk}/change/", without).status_code == 302
    row.refresh_from_db()
    assert (row.title, row.participants.count()) == ("Closing", ROWS_IN_FORM + 1)


def test_rows_of_a_form_are_saved_though_others_were_added_since(desk: Client, summit: Summit) -> None:
    row = make(summit)
    shown = participants(row, ROWS_IN_FORM)
    posted = form_of(row, *shown, title="Opening")
    posted |= {"participants-0-role": "chair"}
    participants(row, 1)
    assert desk.post(f"{LIST}{row.pk}/change/", posted).status_code == 302
    shown[0].refresh_from_db()
    assert (shown[0].role, row.participants.count()) == ("chair", ROWS_IN_FORM + 1)
