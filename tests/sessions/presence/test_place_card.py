"""The place card of who represents a delegation: what stands on it, who prints it, and what is noted."""

import re
from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from sessions.presence.selectors.place_card import place_card
from sessions.presence.services import representation
from summit.audit.models import AuditEntry
from summit.permissions.models import Role
from tests import factories as f
from tests.clients import signed_in
from tests.sessions.presence.conftest import Day

pytestmark = pytest.mark.django_db


def test_it_names_the_head_on_whose_behalf_one_sits_there(day: Day) -> None:
    by_head = place_card(session=day.session, party=day.party, by=day.officer)
    assert by_head is not None
    assert (by_head.name, by_head.party, by_head.head) == (day.head.name, "Aland", "")
    mia = day.member()
    mia.card_name = "H.E. Mia"
    mia.save()
    representation.represent(session=day.session, party=day.party, person=mia, by=day.officer)
    card = place_card(session=day.session, party=day.party, by=day.officer)
    assert card is not None
    assert (card.name, card.office, card.head) == ("H.E. Mia", "Adviser", day.head.label)
    assert place_card(session=day.session, party=f.PartyFactory(summit=day.summit), by=day.officer) is None


def test_one_touch_prints_it(day: Day) -> None:
    mia = day.member()
    representation.represent(session=day.session, party=day.party, person=mia, by=day.officer)
    address = f"{reverse('admin:agenda_session_representation_card', args=[day.session.pk])}?party={day.party.pk}"
    presence = reverse("admin:agenda_session_presence", args=[day.session.pk])
    chosen = f"{reverse('admin:agenda_session_representation', args=[day.session.pk])}?party={day.party.pk}"
    for page in (presence, chosen):
        links = re.findall(r'href="([^"]*card\.pdf[^"]*)"', day.desk.get(page).content.decode())
        assert links == [address]
    response = day.desk.get(address)
    assert (response["Content-Type"], "no-store" in response["Cache-Control"]) == ("application/pdf", True)
    [page_of_pdf] = PdfReader(BytesIO(response.content)).pages
    words = " ".join(page_of_pdf.extract_text().split())
    # Once on each half.
    counts = [words.count(each) for each in ("Aland", "Mia", "Adviser", f"on behalf of {day.head.label}")]
    assert counts == [4, 2, 2, 2]
    seen = AuditEntry.objects.filter(action="summit.person.seen").count()
    assert seen == 1
    other = f"{reverse('admin:agenda_session_representation_card', args=[day.session.pk])}?party=0"
    assert day.desk.get(other).status_code == 404
    reader = signed_in(f.UserFactory.with_role(Role.PROTOCOL, day.summit))
    assert reader.get(address).status_code == 403
