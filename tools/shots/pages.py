"""The pages of which pictures are made, in the order in which one sees them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """A page: the name of its pictures, what it is called, and the step of the tour on which it is seen."""

    name: str
    title: str
    step: str


STEPS = (
    "Signing in",
    "Invite",
    "Answer",
    "Name who comes",
    "Release the agenda",
    "Change it",
    "On the day",
    "Publish",
    "Look around",
    "Setup",
    "Everywhere",
)

_LISTED = {
    "Signing in": {
        "sign-in": "Sign in",
        "code-ask": "A code by e-mail",
        "code-enter": "The code",
        "password-forgotten": "A new password",
        "second-steps": "How one signs in",
        "second-step-app": "An app for the second step",
        "browsers": "Where one is signed in",
    },
    "Invite": {
        "desk-start": "The desk's home at the start",
        "invite": "Before 48 delegations are invited",
        "invited": "After they are invited",
        "mailbox": "The development mailbox",
        "letter": "A letter",
    },
    "Answer": {
        "invitation": "The invitation, to be answered",
        "answered": "The answer that was given",
        "portal-answered": "The portal after the answer",
        "call-sheet": "The call sheet",
        "record-answer": "Protocol records an answer",
        "answered-on-paper": "A letter's page once its delegation answered on paper",
    },
    "Name who comes": {
        "delegation": "The focal point's desk: where a delegation stands",
        "people": "The people of a delegation",
        "person-add": "Before somebody is named",
        "quotas": "How many a delegation may name",
        "policy": "What delegations are asked, and when it is public who takes part",
        "person": "A person of a delegation",
        "person-replace": "Before the head is replaced",
    },
    "Release the agenda": {
        "public-before": "The public home before anything is out",
        "release-first": "Before the first release",
        "public-grid": "The public agenda as a grid",
        "public-agenda": "The public agenda",
        "public-session": "A session",
        "portal-agenda": "A delegation's agenda",
    },
    "Change it": {
        "session-move": "Before a session is moved",
        "session-cancelled": "A session that was cancelled",
        "session": "A session at the desk",
        "speakers": "The speakers' list of a plenary, with requests for the floor",
        "release-second": "Before the second release: what changed, and who is told",
        "public-changes": "What changed, for everybody",
        "portal-changes": "What changed, for a delegation",
        "change-mail": "The message about a change",
    },
    "On the day": {
        "portal-day": "Where a delegate must be",
        "portal-session": "A session, for who takes part",
        "portal-floor": "Asking for the floor",
        "day": "The day, as the desk runs it",
        "retime": "Before a session gets a new time",
        "presence": "Who is there",
        "screen-foyer": "A screen in the foyer",
        "screen-door": "A screen at a door",
        "bilateral-ask": "Before a bilateral meeting is asked for",
        "bilaterals": "A delegation's bilateral meetings",
        "bilaterals-desk": "Bilateral meetings at the desk",
        "sign-ups": "The sign-ups of a session",
        "liaison": "A liaison officer's home",
        "liaison-delegation": "A delegation, as its liaison officer sees it",
    },
    "Publish": {
        "press-empty": "The press site with nothing on it",
        "texts": "The press office's texts",
        "text-draft": "A draft",
        "text-edit": "The editor",
        "text-review": "In review, as its author sees it",
        "text-approve": "In review, as the approver sees it",
        "text-approved": "Approved",
        "text-embargo": "Under embargo",
        "text-out": "Published, at the desk",
        "press": "The press site",
        "press-text": "A published text",
        "public-home": "The public home, with who takes part",
        "press-mail": "The message to a subscriber",
    },
    "Look around": {
        "desk-later": "The organiser's home later",
        "desk-press": "The press officer's home",
        "desk-protocol": "Protocol's home",
        "search": "Search",
        "palette": "The palette",
        "parties": "Delegations",
        "party": "A delegation",
        "history": "The history of a delegation",
        "person-desk": "A person at the desk",
        "emblem": "The emblem",
        "order": "The protocol order",
        "letter-texts": "The texts of letters",
        "participants": "The list of participants",
        "sessions": "Sessions",
        "board": "The board",
        "messages": "Messages",
        "audit": "Audit log",
        "work": "Background jobs",
        "work-done": "A job",
        "desk-charts": "The home of a large summit, with charts",
    },
    "Setup": {
        "empty-home": "The home of an empty installation",
        "step-summit": "The first step",
        "step-venue": "The second step",
        "step-team": "The third step",
        "step-parties": "The fourth step",
        "step-letter": "The fifth step",
        "steps-done": "The home after the first invitation",
    },
    "Everywhere": {
        "not-found": "What is not there",
        "components": "The components",
    },
}
PAGES = tuple(Page(name, title, step) for step in STEPS for name, title in _LISTED[step].items())


@dataclass(frozen=True)
class Picture:
    """A picture of the README: a page's name, width, language, and whether it is dark."""

    page: str
    width: int
    language: str = "en"
    dark: bool = False


# By the name of the file in docs/pictures.
PICTURES = {
    "desk": Picture("desk-later", 1280),
    "release": Picture("release-second", 1280),
    "phone": Picture("portal-day", 390),
    "arabic": Picture("public-agenda", 1280, "ar"),
    "press-desk": Picture("text-embargo", 1280, dark=True),
    "published": Picture("press-text", 1280),
}
