"""The agenda of the Border Security Summit of 2025.

Some facts are public, and come from reports of the event: the opening addresses, the themes, the roundtable, the
Tunisian minister's bilateral meetings, and the interviews before the opening. Times, rooms and the participants of
working sessions are illustrative.
"""

from dataclasses import dataclass
from datetime import time

from sessions.draft.models.kinds import SessionKind
from sessions.visibility.models import Visibility

# The days of the summit, counted from 0.
FIRST, SECOND = 0, 1
VENUE = ("Lancaster House", "Stable Yard, St James’s, London SW1A 1BB")
HOURS = (time(6, 0), time(23, 0))
# The way to each room from the entrance hall, by language.
DIRECTIONS = {
    "Long Gallery": {
        "en": "First floor, up the grand staircase and ahead",
        "fr": "Premier étage, par le grand escalier, tout droit",
        "ar": "الطابق الأول، عبر السلّم الكبير ثم إلى الأمام",
    },
    "Music Room": {
        "en": "First floor, left of the grand staircase",
        "fr": "Premier étage, à gauche du grand escalier",
        "ar": "الطابق الأول، إلى يسار السلّم الكبير",
    },
    "State Drawing Room": {
        "en": "First floor, through the Music Room",
        "fr": "Premier étage, par la Music Room",
        "ar": "الطابق الأول، عبر قاعة Music Room",
    },
    "Gold Room": {
        "en": "Ground floor, right of the Grand Hall",
        "fr": "Rez-de-chaussée, à droite du Grand Hall",
        "ar": "الطابق الأرضي، إلى يمين Grand Hall",
    },
    "Eagle Room": {
        "en": "Ground floor, past the Gold Room",
        "fr": "Rez-de-chaussée, après la Gold Room",
        "ar": "الطابق الأرضي، بعد Gold Room",
    },
    "Press centre": {
        "en": "Ground floor, by the garden entrance",
        "fr": "Rez-de-chaussée, entrée côté jardin",
        "ar": "الطابق الأرضي، عند مدخل الحديقة",
    },
}
ROOMS = (
    ("Long Gallery", 180),
    ("Music Room", 90),
    ("State Drawing Room", 60),
    ("Gold Room", 40),
    ("Eagle Room", 20),
    ("Grand Hall", 150),
    ("Forecourt", None),
    ("Press centre", 70),
)

# The host's people: the key used in the agenda, and the office.
HOST_PEOPLE = {
    "prime_minister": "Prime Minister, United Kingdom",
    "home_secretary": "Home Secretary, United Kingdom",
    "border_minister": "Minister for Border Security and Asylum, United Kingdom",
    "commander": "Border Security Commander, United Kingdom",
    "home_office": "Official of the Home Office, United Kingdom",
    "border_force": "Official of the Border Force, United Kingdom",
    "crime_agency": "Official of the National Crime Agency, United Kingdom",
}
ALL = ("*",)
JOINT_STATEMENT = ("Albania", "China", "Sweden", "Tunisia", "United Kingdom", "United States", "Vietnam")


@dataclass(frozen=True)
class Speech:
    """A speech: the key of the speaker in HOST_PEOPLE, the title, and the length in minutes."""

    speaker: str
    title: str
    minutes: int


@dataclass(frozen=True)
class DemoSession:
    """A session to load, with its times in the real agenda (London time)."""

    day: int
    starts: time
    ends: time
    kind: SessionKind
    title: str
    room: str
    visibility: Visibility
    summary: str = ""
    chair: str = ""
    parties: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    speeches: tuple[Speech, ...] = ()


def _bilateral(day: int, starts: time, ends: time, other: str, people: tuple[str, ...] = ()) -> DemoSession:
    return DemoSession(
        day,
        starts,
        ends,
        SessionKind.BILATERAL,
        f"Tunisia and {other}",
        "Eagle Room",
        Visibility.PARTICIPANTS,
        "The Tunisian Minister of the Interior meets a counterpart.",
        parties=("Tunisia", other),
        people=people,
    )


DAY_ONE = (
    DemoSession(
        FIRST,
        time(6, 50),
        time(7, 40),
        SessionKind.DOORSTEP,
        "Broadcast interviews before the opening",
        "Forecourt",
        Visibility.ORGANISERS,
        "Morning programmes of radio and television.",
        people=("border_minister",),
    ),
    DemoSession(
        FIRST,
        time(8, 0),
        time(9, 15),
        SessionKind.ARRIVALS,
        "Arrivals of heads of delegation",
        "Grand Hall",
        Visibility.ACCREDITED,
        "In the order of arrival cards; the Home Secretary receives.",
        chair="home_secretary",
        parties=ALL,
    ),
    DemoSession(
        FIRST,
        time(9, 30),
        time(10, 5),
        SessionKind.PLENARY,
        "Opening",
        "Long Gallery",
        Visibility.PUBLIC,
        "Opening addresses by the Prime Minister and by the Home Secretary, host of the summit.",
        chair="home_secretary",
        parties=ALL,
        speeches=(
            Speech("prime_minister", "Opening address", 15),
            Speech("home_secretary", "Address of the host", 15),
        ),
    ),
    DemoSession(
        FIRST,
        time(10, 10),
        time(10, 25),
        SessionKind.FAMILY_PHOTO,
        "Family photo",
        "Grand Hall",
        Visibility.PUBLIC,
        "Heads of delegation.",
        parties=ALL,
    ),
    DemoSession(
        FIRST,
        time(10, 30),
        time(11, 15),
        SessionKind.ROUNDTABLE,
        "Roundtable chaired by the Prime Minister",
        "State Drawing Room",
        Visibility.PARTICIPANTS,
        chair="prime_minister",
        parties=("United Kingdom",),
        people=("border_minister", "commander", "home_office", "border_force", "crime_agency"),
    ),
    DemoSession(
        FIRST,
        time(11, 30),
        time(12, 45),
        SessionKind.WORKING_SESSION,
        "Supply chains and enablers",
        "Music Room",
        Visibility.PUBLIC,
        "How boats, engines and false papers reach the smugglers, and who makes their trade possible.",
        chair="commander",
        parties=(
            *("United Kingdom", "Albania", "Austria", "Bulgaria", "China", "France", "Germany", "Interpol"),
            *("Iraq", "Kurdistan Regional Government", "Netherlands", "Serbia", "Türkiye", "Vietnam"),
        ),
    ),
    DemoSession(
        FIRST,
        time(12, 45),
        time(14, 0),
        SessionKind.WORKING_LUNCH,
        "Working lunch of heads of delegation",
        "Long Gallery",
        Visibility.ACCREDITED,
        chair="home_secretary",
        parties=ALL,
    ),
    DemoSession(
        FIRST,
        time(14, 15),
        time(15, 15),
        SessionKind.WORKING_SESSION,
        "Criminal finances",
        "Music Room",
        Visibility.PUBLIC,
        "Following the money of organised immigration crime, from cash to informal transfers.",
        chair="crime_agency",
        parties=(
            *("United Kingdom", "Cyprus", "Germany", "Interpol", "Iraq", "Italy", "Malta", "Nigeria", "Pakistan"),
            *("Spain", "Sweden", "Switzerland", "Tunisia", "United States"),
        ),
    ),
    DemoSession(
        FIRST,
        time(15, 15),
        time(15, 30),
        SessionKind.BREAK,
        "Coffee break",
        "Grand Hall",
        Visibility.PUBLIC,
        parties=ALL,
    ),
    DemoSession(
        FIRST,
        time(15, 30),
        time(16, 15),
        SessionKind.WORKING_SESSION,
        "The host’s systems approach to border security",
        "Long Gallery",
        Visibility.PUBLIC,
        "How the host joins up command, law enforcement and returns.",
        chair="border_minister",
        parties=ALL,
    ),
    DemoSession(
        FIRST,
        time(16, 30),
        time(17, 30),
        SessionKind.WORKING_SESSION,
        "Countering promotion online",
        "Music Room",
        Visibility.PUBLIC,
        "How illegal migration is advertised online and what can be done, with technology companies.",
        chair="home_secretary",
        parties=(
            *("United Kingdom", "Albania", "Egypt", "France", "India", "Interpol", "Italy", "Meta", "Sweden"),
            *("TikTok", "Tunisia", "United States", "Vietnam", "X"),
        ),
    ),
    _bilateral(FIRST, time(17, 45), time(18, 10), "United Kingdom", ("home_secretary", "border_minister")),
    _bilateral(FIRST, time(18, 15), time(18, 35), "Italy"),
)

DAY_TWO = (
    DemoSession(
        SECOND,
        time(7, 45),
        time(8, 15),
        SessionKind.INTERNAL,
        "Morning meeting of the host’s desks",
        "Gold Room",
        Visibility.ORGANISERS,
        chair="home_office",
        people=("border_force", "crime_agency"),
    ),
    _bilateral(SECOND, time(8, 30), time(8, 50), "Iraq"),
    _bilateral(SECOND, time(8, 55), time(9, 15), "Austria"),
    DemoSession(
        SECOND,
        time(9, 30),
        time(10, 45),
        SessionKind.PLENARY,
        "Plenary: reports from the working sessions",
        "Long Gallery",
        Visibility.ACCREDITED,
        "The chairs report; delegations comment.",
        chair="home_secretary",
        parties=ALL,
    ),
    _bilateral(SECOND, time(10, 50), time(11, 10), "France"),
    _bilateral(SECOND, time(11, 15), time(11, 35), "Nigeria"),
    DemoSession(
        SECOND,
        time(11, 40),
        time(11, 55),
        SessionKind.SIGNING,
        "Joint statement of seven governments",
        "State Drawing Room",
        Visibility.ACCREDITED,
        parties=JOINT_STATEMENT,
    ),
    DemoSession(
        SECOND,
        time(12, 0),
        time(12, 45),
        SessionKind.PLENARY,
        "Closing and communiqué",
        "Long Gallery",
        Visibility.PUBLIC,
        "The communiqué of the interior ministers.",
        chair="home_secretary",
        parties=ALL,
    ),
    DemoSession(
        SECOND,
        time(13, 0),
        time(13, 45),
        SessionKind.PRESS_CONFERENCE,
        "Press conference of the host",
        "Press centre",
        Visibility.PUBLIC,
        people=("home_secretary",),
    ),
)

AGENDA = DAY_ONE + DAY_TWO
