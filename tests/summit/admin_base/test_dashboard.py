"""The desk's home: tasks by urgency and role, what comes, what is due, and charts of it; days as they are typed."""

import xml.etree.ElementTree as ET
from datetime import date, timedelta
from typing import Any

import pytest
from django.forms import DateField
from django.utils import timezone, translation

from summit.admin_base import dashboard as admin_base_dashboard
from summit.admin_base import svg_charts
from summit.admin_base.svg_charts import FULL, HATCHED, OPEN, BarRow, Column
from summit.admin_base.widgets import DayInput, MomentPair
from summit.backoffice import charts
from summit.core.database_clock import db_now
from summit.maintenance.models import Heartbeat
from summit.permissions.models import Role
from summit.summits.models import Summit
from tests import factories as f
from tests.press.helpers import make_text
from tests.summit.admin_base.helpers import request_of
from tests.summit.conftest import desk_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def here() -> Summit:
    # The sweep ran just now, and the parties that there are can be written to.
    Heartbeat.objects.create(name="sweep")
    return f.SummitFactory(slug="here")


def asked(summit: Summit, role: Role = Role.ORGANISER) -> Any:
    return request_of(f.UserFactory.with_role(role, summit))


def tasks(summit: Summit, role: Role = Role.ORGANISER) -> list[tuple[str, str]]:
    return [(task.word, task.sentence) for task in admin_base_dashboard.tasks(asked(summit, role), summit)]


def home(summit: Summit, role: Role) -> str:
    return desk_of(summit, role).get(f"/admin/?summit={summit.slug}").content.decode()


def due(summit: Summit, **wait: float) -> None:
    """Let answers be due in some time from now."""
    summit.answer_by = db_now() + timedelta(**wait)
    summit.save()


class TestTasks:
    def test_the_most_urgent_stands_first_and_each_has_its_number(self, here: Summit) -> None:
        due(here, hours=-1)
        f.PartyFactory(summit=here)
        f.InvitationFactory.create_batch(2, party__summit=here, state="sent", sent_at=f.START)
        f.MessageFactory(summit=here, kind="invitation", state="failed", problem="no such mailbox")
        f.MessageFactory(summit=here, kind="system", state="failed", problem="no such mailbox")
        assert tasks(here) == [
            ("late", "2 answers are overdue. Contact the delegations, or record their answers."),
            ("late", "1 invitation letter could not be sent. Correct the email address, then send a new letter."),
            ("late", "1 message failed. Check the reason, then resend it."),
            ("now", "1 delegation is not invited yet. Review the letters, then send them."),
        ]
        assert "3 late, 1 to do now" in home(here, Role.ORGANISER)

    def test_answers_are_as_urgent_as_they_are_near(self, here: Summit) -> None:
        f.InvitationFactory(party__summit=here, state="sent", sent_at=f.START)
        # Past, within a week, later.
        for days, word in ((-1, "late"), (6, "now"), (30, "next")):
            due(here, days=days)
            assert [found for found, _sentence in tasks(here)] == [word]

    def test_each_address_opens_the_rows_that_were_counted(self, here: Summit) -> None:
        f.PartyFactory(summit=here, name="No mailbox", mission_email="")
        f.InvitationFactory(party__summit=here, party__name="No head", answered=True)
        headed = f.InvitationFactory(party__summit=here, party__name="Headed", answered=True)
        f.MembershipFactory(party=headed.party, code="head")
        f.FocalPointFactory(party=headed.party)
        lately = {"answer": "regrets", "answered_at": timezone.now()}
        f.InvitationFactory(party__summit=here, party__name="Declined", answered=True, **lately)
        link = f.InvitationLinkFactory(
            invitation__party__summit=here, invitation__party__name="Ends", expires_at=db_now() + HOUR
        )
        f.InvitationLinkFactory(invitation__party__summit=here, invitation__party__name="Lasts")
        client, opened = desk_of(here, Role.PROTOCOL), {}
        for task in admin_base_dashboard.tasks(asked(here, Role.PROTOCOL), here):
            page = client.get(task.address)
            assert page.status_code == 200
            reached = [row for step in page.context.get("steps", ()) for row, _boxes in step["rows"]]
            rows = page.context["cl"].result_list if "cl" in page.context else reached
            opened[task.sentence.split(".")[0].split(":")[0]] = [str(row) for row in rows]
        assert opened == {
            "1 delegation is not invited yet": [],
            "1 delegation has no email address and gets no letters": ["No mailbox"],
            "1 attending delegation has no head": ["No head"],
            "1 attending delegation has no focal point": ["No head"],
            "1 unanswered letter has a link that expires within a week": [f"Ends: {link.address}"],
            "1 delegation declined in the past week": ["Declined"],
        }

    def test_only_who_may_act_is_told(self) -> None:
        summit = f.SummitFactory()
        f.PartyFactory(summit=summit)
        f.SessionFactory(summit=summit)
        make_text(summit=summit, moment=timezone.now() - HOUR, state="in_review")
        whats = ("delegation", "session", "text", "No email")
        for role, expected in (
            (Role.ORGANISER, {*whats}),
            (Role.PROTOCOL, {"delegation"}),
            (Role.PROGRAMME, set()),
            (Role.PRESS_OFFICER, {"text"}),
            (Role.VIEWER, set()),
        ):
            said = [sentence for _word, sentence in tasks(summit, role)]
            assert {what for what in whats if any(what in entry for entry in said)} == expected, role

    def test_another_summit_is_not_told_of(self, here: Summit) -> None:
        other = f.SummitFactory(answer_by=db_now() - HOUR)
        f.InvitationFactory(party__summit=other, state="sent", sent_at=f.START)
        f.PartyFactory(summit=other, mission_email="")
        f.SessionFactory(summit=other)
        f.MessageFactory(summit=other, state="failed", problem="x")
        make_text(summit=other, moment=timezone.now() - HOUR, state="in_review")
        assert tasks(here) == []
        assert "Nothing to do now" in home(here, Role.ORGANISER)

    def test_a_sweep_that_never_ran_and_one_that_stopped_a_minute_ago(self, here: Summit) -> None:
        Heartbeat.objects.update(at=db_now() - timedelta(seconds=61))
        ((word, said),) = tasks(here)
        assert (word, said[:20]) == ("late", "No email sent since ")
        Heartbeat.objects.all().delete()
        ((word, said),) = tasks(here)
        assert (word, said[:67]) == ("late", "No email is being sent: beat and the workers have never run. Ask th")


class TestComing:
    def test_only_what_is_to_come_soonest_first_in_the_venues_zone(self, here: Summit) -> None:
        now = db_now()
        due(here, hours=3)
        # Answers are due only where one is open.
        f.PartyFactory(summit=here)
        f.InvitationFactory(party__summit=here, answered=True)
        assert admin_base_dashboard.coming(asked(here), here) == []
        f.SessionFactory(summit=here, title="Past", starts_at=now - HOUR, ends_at=now)
        f.SessionFactory(summit=here, title="Soon", starts_at=now + HOUR, ends_at=now + 2 * HOUR)
        f.SessionFactory(summit=here, title="Off", starts_at=now + HOUR, ends_at=now + 2 * HOUR, cancelled_at=now)
        make_text(summit=here, moment=now + 2 * HOUR, title="The text")
        f.InvitationFactory(party__summit=here, state="sent", sent_at=now)
        found = admin_base_dashboard.coming(asked(here), here)
        said = ["Soon", "“\u2068The text\u2069” will be published.", "Answers are due: 1 is missing."]
        assert [entry.sentence for entry in found] == said
        # Texts are for those who may know of them.
        assert [entry.sentence for entry in admin_base_dashboard.coming(asked(here, Role.VIEWER), here)] == [
            "Soon",
            said[2],
        ]


def test_of_what_is_due_late_is_one_row_and_the_days_follow(here: Summit) -> None:
    f.PartyFactory(summit=here)
    assert charts.due_chart(asked(here), here) is None
    due(here, days=2)
    f.InvitationFactory.create_batch(3, party__summit=here, state="sent", sent_at=f.START)
    for days in (-3, 2, 40):
        make_text(summit=here, moment=db_now() + timedelta(days=days), state="draft")
    found = charts.due_chart(asked(here), here)
    assert found is not None
    assert found.title == "1 late, 4 due within 14 days"
    assert found.head == ["Day", "answers", "texts"]
    assert [row[1:] for row in found.rows] == [["0", "1"], ["3", "1"]]
    assert found.rows[0][0] == "late"


# --- charts: what is drawn, that it mirrors, and that nothing in it needs a style -----------------------------------
SVG = "{http://www.w3.org/2000/svg}"


def parsed(drawing: str) -> ET.Element:
    return ET.fromstring(drawing.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))  # noqa: S314


def rects(drawing: str) -> list[tuple[str, str, str]]:
    """(class, x, width) of each bar."""
    return [(r.attrib["class"], r.attrib["x"], r.attrib["width"]) for r in parsed(drawing).iter(f"{SVG}rect")]


def texts(drawing: str) -> list[tuple[str, str, str | None]]:
    """(x, anchor, words) of each text."""
    found = parsed(drawing).iter(f"{SVG}text")
    return [(t.attrib["x"], t.attrib["text-anchor"], (t.text or "").strip("\u2068\u2069")) for t in found]


def two_bars() -> str:
    rows = [BarRow("Europe", [3, 1, 0], "4 of 4"), BarRow("A & B", [0, 0, 2], "0 of 2")]
    return svg_charts.bars(name="c", title="The answer", about="How to read it", rows=rows)


class TestBars:
    def test_from_the_right_it_is_mirrored(self) -> None:
        with translation.override("ar"):
            drawing = two_bars()
        assert rects(drawing) == [
            ("chart-full", "25.00%", "75.00%"),
            ("chart-hatched", "0.00%", "25.00%"),
            ("chart-open", "50.00%", "50.00%"),
        ]
        # "start" is where the language begins, so that the anchors stay as they are.
        assert texts(drawing)[:2] == [("100.00%", "start", "Europe"), ("0.00%", "end", "4 of 4")]


class TestColumns:
    def test_equal_neighbours_are_one_shape_and_heights_are_to_scale(self) -> None:
        values = [Column("1", 0), Column("2", 4), Column("3", 4), Column("4", 8)]
        drawing = svg_charts.columns(name="c", title="t", about="a", values=values, most="8")
        assert rects(drawing) == [("chart-full", "25.00%", "50.00%"), ("chart-full", "75.00%", "25.00%")]
        heights = [float(r.attrib["height"]) for r in parsed(drawing).iter(f"{SVG}rect")]
        assert heights == [svg_charts.PLOT / 2, svg_charts.PLOT]


def test_a_drawing_is_an_image_with_a_name_and_needs_no_style() -> None:
    drawing = two_bars()
    root = parsed(drawing)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-labelledby"] == "c-title c-about"
    named = [(e.attrib["id"], e.text) for e in root if e.tag in (f"{SVG}title", f"{SVG}desc")]
    assert named == [("c-title", "The answer"), ("c-about", "How to read it")]
    assert "style" not in drawing
    fills = {e.attrib["fill"] for e in root.iter() if "fill" in e.attrib}
    # Whatever the sheet says, colours are those of the text: forced colours and paper read it.
    assert fills == {"currentColor", "url(#c-hatch)", "none"}
    # Each look differs without colour.
    assert {FULL, HATCHED, OPEN} == set(svg_charts.LOOKS)
    looks = {rect.attrib["class"]: rect.attrib["fill"] for rect in root.iter(f"{SVG}rect")}
    assert len(set(looks.values())) == 3


# --- days -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_the_day_comes_first_in_every_language_and_comes_back_as_it_is_shown(language: str) -> None:
    field = DateField(widget=DayInput())
    with translation.override(language):
        for typed in ("3/4/2025", "03.04.2025", "3 4 2025", "03042025", "2025-04-03", "٣/٤/٢٠٢٥"):
            value = field.widget.value_from_datadict({"day": typed}, {}, "day")
            assert field.clean(value) == date(2025, 4, 3), typed
            # As after an error elsewhere in the form.
            assert field.widget.format_value(value) == field.widget.format_value(date(2025, 4, 3)) == "03/04/2025"


def test_a_date_is_taken_with_the_name_of_its_month() -> None:
    field = DateField(widget=DayInput())
    written = {
        "en": ("3 December 2026", "3rd Dec. 2026", "December 3, 2026"),
        "fr": ("3 décembre 2026", "3 déc. 2026", "3 December 2026"),
        "ar": ("3 ديسمبر 2026",),
    }
    for language, texts in written.items():
        with translation.override(language):
            for typed in texts:
                value = field.widget.value_from_datadict({"day": typed}, {}, "day")
                assert field.clean(value) == date(2026, 12, 3), typed
            assert field.widget.value_from_datadict({"day": "3 Smarch 2026"}, {}, "day") == "3 Smarch 2026"


def test_no_month_lands_in_a_field_for_a_time() -> None:
    widget = MomentPair()
    for day, clock in (
        ("3 Smarch 2026", "10:00"),
        ("3 Smarch", "10:00"),
        ("3 Smarch 2026", ""),
        ("32 Smarch 2026", "tea"),
    ):
        value = widget.value_from_datadict({"at_0": day, "at_1": clock}, {}, "at")
        assert widget.decompress(value) == [day, clock], value
    for value in ("2026-12-03T10:00", "2026-12-03 10:00"):
        assert widget.decompress(value) == ["2026-12-03", "10:00"]
