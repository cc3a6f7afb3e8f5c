"""Drafts of the press office for the Border Security Summit of 2025.

All are sample texts, written for the demonstration, and each says so. Figures and facts are from public reports, but
nobody spoke or wrote these words.
"""

import re
from dataclasses import dataclass
from datetime import time

from portal.demo.agenda import FIRST, SECOND
from portal.demo.days import Days
from press.texts.models.embargoes import EmbargoMode
from press.texts.models.texts import TextKind, Wording

SAMPLE = "*Sample text, written for this demonstration. Nobody spoke or issued these words.*"


@dataclass(frozen=True)
class TextRow:
    """A text to load. Texts with the same `embargo` share an embargo. `speaker` is the key of an opening speech."""

    slug: str
    kind: TextKind
    embargo: str
    title: str
    summary: str
    body: str
    wording: Wording = Wording.NONE
    speaker: str = ""


def unfolded(body: str) -> str:
    """Return a body in which each paragraph and each list item is one line, like a body entered in the admin."""
    return re.sub(r"(?<=[^\n])\n(?= *[^\s#|*\-\d])[ ]*", " ", body)


def dated(body: str, days: Days) -> str:
    """Return a body with the dates and times of the demonstration filled in."""
    first, second = (days.at(day, time(12, 0)).date() for day in (FIRST, SECOND))
    both_days = f"{first.day} {first:%B} and {second.day} {second:%B %Y}"
    hours = {"arrivals": time(8, 0), "opening": time(9, 30), "photo": time(10, 10), "media": time(6, 30)}
    dates = {
        "days": both_days,
        "first": f"{first:%A} {first.day} {first:%B %Y}",
        "second": f"{second.day} {second:%B %Y}",
    }
    return body.format(**dates, **{name: days.clock(clock) for name, clock in hours.items()})


# The mode of each embargo. No moment is set, because the press office decides it.
EMBARGOES = {
    "prime_minister": EmbargoMode.MOMENT,
    "home_secretary": EmbargoMode.DELIVERED,
    "funding": EmbargoMode.MOMENT,
    "arrivals": EmbargoMode.MOMENT,
    "outcome": EmbargoMode.MOMENT,
}

_PRIME_MINISTER = f"""{SAMPLE}

Ministers, heads of delegation, welcome to Lancaster House.

More than forty countries and organisations are in this room today. That is the first fact of this summit, and the
reason for holding it: what crosses many borders is answered by those who guard them together.

# What the two days are for

The agenda has four themes:

1. the supply chains of organised immigration crime and those who enable it;
2. its finances;
3. how the host joins up its own border security;
4. how the trade is promoted online, for which technology companies have joined us.

# How we will work

Each session is short, and each ends with what was agreed. The chairs report tomorrow morning, and the interior
ministers close with a communiqué.

Thank you for coming. Let us begin.
"""

_HOME_SECRETARY = f"""{SAMPLE}

Prime Minister, ministers, colleagues.

As host of this summit I have three things to say about the days before us.

**First, the room.** Those who decide and those who carry out sit side by side here: interior ministers, heads of law
enforcement, international organisations.

**Second, the method.** We look at the whole chain, from where boats and engines are bought to where money is hidden,
and not at one border at a time.

**Third, the result.** Tomorrow a communiqué will say what the ministers have agreed, in numbered paragraphs,
so that each of them can be asked about later.

The first working session follows in the Music Room.
"""

_FUNDING = f"""{SAMPLE}

The host announced new funding on the first day of the Border Security Summit.

| For | Amount |
| --- | ---: |
| Operations of the Border Security Command across Europe, the Western Balkans, Asia and Africa | GBP 30 million |
| The Crown Prosecution Service | GBP 3 million |

# Notes to editors

- The summit takes place at Lancaster House, London, on {{days}}.
- More than 40 countries and organisations take part.
"""

_ARRIVALS = f"""{SAMPLE}

Heads of delegation arrive at Lancaster House on {{first}} from {{arrivals}} London time.

- **{{arrivals}}** Arrivals, Grand Hall
- **{{opening}}** Opening addresses, Long Gallery
- **{{photo}}** Family photo, Grand Hall

Accredited media enter by the press centre from {{media}}.
"""

_COMMUNIQUE = f"""{SAMPLE}

1. Interior ministers and heads of law enforcement met at Lancaster House, London, on {{days}}.
2. They were joined by international organisations and, for the session on promotion online, by technology companies.
3. They discussed supply chains and enablers, criminal finances, the host’s systems approach to border security, and
   the countering of promotion online.
4. The chairs of the working sessions reported to the plenary on the second day.
5. The ministers thanked the host.
"""

_JOINT = f"""{SAMPLE}

1. This statement is made by the governments of Albania, China, Sweden, Tunisia, the United Kingdom, the United States
   and Vietnam.
2. It was presented at the Border Security Summit in London on {{second}}.
"""

TEXTS = (
    TextRow(
        "opening-address-prime-minister",
        TextKind.TRANSCRIPT,
        "prime_minister",
        "Opening address by the Prime Minister",
        "Sample transcript of the address that opens the summit.",
        _PRIME_MINISTER,
        Wording.PREPARED,
        "prime_minister",
    ),
    TextRow(
        "opening-address-home-secretary",
        TextKind.TRANSCRIPT,
        "home_secretary",
        "Address by the Home Secretary at the opening",
        "Sample transcript of the address of the summit’s host.",
        _HOME_SECRETARY,
        Wording.PREPARED,
        "home_secretary",
    ),
    TextRow(
        "funding-border-security",
        TextKind.NOTICE,
        "funding",
        "New funding for border security operations and prosecutions",
        "GBP 30 million for operations abroad and GBP 3 million for prosecutors.",
        _FUNDING,
    ),
    TextRow(
        "arrivals-and-opening",
        TextKind.ADVISORY,
        "arrivals",
        "Arrivals and opening: what media can expect",
        "Times and places of the first morning.",
        _ARRIVALS,
    ),
    TextRow(
        "communique",
        TextKind.COMMUNIQUE,
        "outcome",
        "Communiqué of the interior ministers",
        "Sample communiqué in numbered paragraphs.",
        _COMMUNIQUE,
    ),
    TextRow(
        "joint-statement",
        TextKind.JOINT,
        "outcome",
        "Joint statement of seven governments",
        "Sample joint statement.",
        _JOINT,
    ),
)

CONTACT = "Press office of the summit, press@summit.example"
SUBSCRIBERS = (
    ("newsdesk@daily.example", "en"),
    ("politics@wire.example", "en"),
    ("redaction@journal.example", "fr"),
    ("akhbar@sahifa.example", "ar"),
)
