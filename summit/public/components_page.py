"""A page for development that shows every component in all its states, from the templates of the real pages.

Its data is made up, and no table is read. Production has no route to the page.
"""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from summit.admin_base import svg_charts
from summit.admin_base.widgets import DayInput, MomentInput, name_parts
from summit.core.languages import language_name
from summit.permissions.route_access import Gate, route

# Names of people, places and parties are data, which isn't translated.
SPEAKER, OFFICE, PARTY, ROOM, VENUE = "A. Example", "Home Secretary", "Aland", "Long Gallery", "Lancaster House"


class Example(forms.Form):
    """A form with a field of each kind."""

    name = forms.CharField(help_text="", required=False)
    answer = forms.ChoiceField(widget=forms.RadioSelect)
    day = forms.DateField(widget=DayInput, required=False)
    moment = forms.SplitDateTimeField(widget=MomentInput, required=False)
    number = forms.IntegerField(required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        texts = {
            "name": (_("Your name and office"), _("Kept with the answer.")),
            "answer": (_("Will you attend?"), ""),
            "day": (_("Day"), ""),
            "moment": (
                _("Publication"),
                _("%(place)s time (%(zone)s)") % {"place": "London", "zone": "Europe/London"},
            ),
            "number": (_("Minutes"), ""),
            "note": (_("Note"), ""),
            "agreed": (_("Public"), ""),
        }
        for key, (label, hint) in texts.items():
            self.fields[key].label, self.fields[key].help_text = label, hint
        self.fields["answer"].choices = [("yes", _("Accept")), ("no", _("Decline"))]  # type: ignore[attr-defined]
        name_parts(self.fields["moment"])


def _summit() -> Any:
    return SimpleNamespace(
        short_name="Border Security Summit",
        said_place="London",
        reads_as=SimpleNamespace(
            place="London",
            short_name="Border Security Summit",
            name="Border Security Summit",
            languages={"place": "en", "short_name": "en", "name": "en"},
        ),
        slug="border-security-2025",
        language="en",
        place="London",
        time_zone="Europe/London",
        zone=ZoneInfo("Europe/London"),
        get_absolute_url=lambda: "/",
    )


def _places() -> list[Any]:
    role = _("speaker")
    return [SimpleNamespace(label=f"{OFFICE}, {SPEAKER}", party_beside=PARTY, get_role_display=role)]


def _rows(now: datetime) -> list[Any]:
    """Return a session in each state."""
    rows = []
    titles = ("Opening", "Family photo", "Supply chains", "Criminal finances")
    for number, state in enumerate(("now", "next", "", "cancelled")):
        start = now + timedelta(minutes=47 * number - 20)
        rows.append(
            SimpleNamespace(
                session=SimpleNamespace(public_id=f"{number:016}"),
                state=state,
                title=titles[number],
                words=SimpleNamespace(title=titles[number], language="en"),
                kind_words=SimpleNamespace(title=_("Plenary"), language=get_language()),
                times_known=number != 3,
                media="open" if number == 1 else "closed",
                get_media_display=_("open to the media"),
                sign_up=number == 2,
                starts_at=start,
                ends_at=start + timedelta(minutes=35),
                room_name=ROOM if number < 2 else "",
                venue_name=VENUE,
                leading=_places() if number < 2 else [],
                mine=True,
            )
        )
    return rows


def _filtered_agenda() -> Any:
    """Return an agenda that is filtered to one of two rooms."""
    rooms = [
        SimpleNamespace(name=name, language="en", number=number, query="#content", chosen=name == ROOM)
        for name, number in ((ROOM, 2), ("Music Room", 1))
    ]
    group = SimpleNamespace(name="room", label=_("Room"), choices=rooms, all="#content", chosen=True)
    return SimpleNamespace(groups=[group], chosen=rooms[:1], rows=[1, 2], total=3, asked=True, whole="#content")


def _chart() -> svg_charts.Chart:
    message = ngettext("%(answered)d of %(invited)d has answered", "%(answered)d of %(invited)d have answered", 31)
    title = message % {"answered": 31, "invited": 46}
    about = _("One bar for each region: attending, declined, not answered.")
    ratio = _("%(answered)d of %(invited)d")
    rows = [
        svg_charts.BarRow(_("Africa"), [9, 2, 8], ratio % {"answered": 11, "invited": 19}),
        svg_charts.BarRow(_("Europe"), [17, 3, 7], ratio % {"answered": 20, "invited": 27}),
    ]
    return svg_charts.Chart(
        name="chart",
        title=title,
        drawing=svg_charts.bars(name="chart", title=title, about=about, rows=rows),
        head=[_("Region"), _("Attending"), _("Regrets"), _("Not answered")],
        rows=[[row.label, *(str(value) for value in row.values)] for row in rows],
        key=list(zip(svg_charts.LOOKS, [_("attending"), _("regrets"), _("awaiting answer")], strict=True)),
    )


def _agenda() -> dict[str, Any]:
    """Return the context of the components that are shown beside a session, above an agenda and above a text."""
    return {
        "documents": [SimpleNamespace(title="On borders", language="en", tongue=language_name("en"), url="#content")],
        "texts": [SimpleNamespace(title="On borders", language="en", what=_("Text as delivered"), url="#content")],
        "shown": _filtered_agenda(),
        "banners": [
            ("embargo", _("Under embargo until 14:30 London time.")),
            ("withdrawn", _("This text was withdrawn.")),
            ("correction", _("Corrected.")),
            ("draft", _("This is a draft.")),
        ],
        **_contacts(),
    }


def _contacts() -> dict[str, Any]:
    """Return the context of the components that list contacts of a delegation and its liaison officers."""
    facts = {"phone": "+44 20 7946 0001", "email": "office@mission.example"}
    person = SimpleNamespace(label=f"{OFFICE}, {SPEAKER}", **facts)
    line = SimpleNamespace(role=_("Private office"), label=person.label, person_id=None, note="", **facts)
    return {"contacts": [line], "officers": [SimpleNamespace(person=person, hours="07:00–22:00")]}


def _context(now: datetime) -> dict[str, Any]:
    rows = _rows(now)
    posted = {"wrong-moment_0": "2025-03-31", "wrong-moment_1": "", "wrong-number": "1.5"}
    return {
        "sample": _summit(),
        "moment": now,
        "days": [(date(2025, 3, 31), []), (date(2025, 4, 1), [])],
        "rows": rows,
        "chart": _chart(),
        "now_row": rows[0],
        "next_row": rows[1],
        "places": _places(),
        "form": Example(initial={"day": date(2025, 3, 31), "moment": datetime(2025, 3, 31, 9, 30)}),  # noqa: DTZ001
        "wrong": Example(posted, prefix="wrong"),
        "problems": [("", "", _("Enter an end after the start.")), ("form", PARTY, "…")],
        **_agenda(),
        "line": SimpleNamespace(what=_("Room"), old=ROOM, new="Music Room"),
        "signs": [
            ("good", _("accepted")),
            ("warn", _("awaiting answer")),
            ("bad", _("withdrawn")),
            ("wait", _("waiting")),
            ("off", _("not invited")),
        ],
        "person": {"label": f"{OFFICE}, {SPEAKER}", "party": PARTY, "role": _("speaker")},
        "named_parties": [
            (SimpleNamespace(name=PARTY, language="en", flag="AX"), ""),
            (SimpleNamespace(name=f"Government of {PARTY}", language="en", flag="neutral"), "1"),
            (SimpleNamespace(name=f"Institute of {PARTY}", language="en", flag=""), ""),
        ],
        "notes": [("1", "Takes part without prejudice to its status.", "en")],
        "pages": Paginator(range(193), 25).page(3),
        "speech": "On borders",
        "checks": [
            SimpleNamespace(is_pending=True, sentence=_("Being checked for viruses. Reload this page in a minute.")),
            SimpleNamespace(
                is_pending=False,
                sentence=_("This file couldn’t be checked for viruses. The organisers have been told."),
            ),
        ],
        "address": "protocol@aland.example",
    }


@route(Gate.EVERYBODY)
def page(request: HttpRequest) -> HttpResponse:
    """Show all components in all their states."""
    return render(request, "dev/components.html", _context(timezone.now()))
