"""Whatever a page shows, a program can read: each page that only shows something stands beside an operation of the
API that answers the same, or says why there is none. A page that is added fails here until it does."""

import pytest

from summit.permissions.route_access import NOBODY, Gate
from summit.permissions.route_table import Route
from tests.ratchets import at, broken, hold
from tests.routes.test_api_write_parity import (
    LISTED_IN,
    LISTS,
    SIGNS_IN,
    declared,
    gone,
    lacking,
    of_the_same_name,
    pairs,
    writing,
)

pytestmark = pytest.mark.once
# The list, the page of a row, what was done to it, and the list as a file.
WAYS = {"changelist": "", "change": "-row", "detail": "-row", "table": "", "export": ""}
# Each other page, by what follows "api-desk-" in the name of its operation; whole names where that isn't at a desk.
SAME = pairs(
    {
        "admin:delegations_": """
        badge_paper=badges-print handover_waiting=handovers invitation_calls=calls-sheet invitation_sent=messages
        needs=needs photos=photos-sheet photos_file=photos-sheet reply_scan=replies-row-content
        visaletter_paper=visa-letters-row-content
        """,
        "admin:": "index=tasks jobs=jobs jobs_job=jobs-row",
        "admin:press_text_": """
        delivery=editions-row-compare embargoes=lifts file=attachments-row-content marking=markings
        """,
        "admin:agenda_": """
        document_file=session-documents-row-content session_day=sessions session_live=sessions
        session_representation_card=representations-row-place-card release_sent=messages
        release_warnings=sessions-warnings
        """,
        "admin:summit_": """
        person_photo_file=photos-row-content summit_changelist=api-my-summits summit_table=api-my-summits
        """,
        "agenda:": """
        agenda=api-agenda changes=api-agenda-changes grid=api-agenda document=api-session session=api-session
        """,
        "portal:": """
        agenda=agenda bilaterals=bilaterals changes=agenda-changes declarations=declarations delegation=parties-row
        document=session-documents-row-content home=agenda programme=agenda-programme transferable_passes=overpasses
        people=members people_blank=sheets-blank people_export=people person=people-row
        person_photo=photos-row-content session=agenda-row visa_paper=visa-letters-row-content
        """,
        "press:": """
        edition=text-edition language-edition=text-edition comparison=text-comparison file=text-detail
        language=text-detail list=text-list text=text-detail
        """,
        "summit:": "emblem=api-desk home=api-summit",
    }
)
_FILE = "It is for machines itself."
_LEADS = "It leads on."
NONE = {
    "admin:agenda_session_board_check": "It asks about a move that one hasn’t made; the warnings have all conflicts.",
    "admin:agenda_session_board_version": "It says whether a page is current; lists have ETags.",
    **dict.fromkeys(
        (
            *("agenda:calendar", "agenda:schedule_json", "agenda:schedule_xml", "agenda:session_calendar"),
            *("agenda:sitemap", "press:atom", "press:export", "press:json-feed", "press:language-export"),
            *("press:oembed", "press:sitemap", "sitemap", "summit:sitemap", "summit:theme", "summit:picture"),
            *("robots", "security"),
            *("healthz", "readyz", "metrics", "portal:worker", "admin:autocomplete", "admin:jsi18n"),
            "admin:agenda_session_speaking_version",
        ),
        _FILE,
    ),
    **dict.fromkeys(("handbook:index", "handbook:task"), "It tells people what to do on pages."),
    **dict.fromkeys(("root", "admin:login", "admin:app_list", "admin:settings"), _LEADS),
    **dict.fromkeys(
        ("dev:components", "dev:mail", "dev:message", "dev:page", "dev:part", "dev:source"),
        "It is there in development only.",
    ),
    "admin:agenda_session_presence_version": "It says whether an open page is old; programs have ETags.",
    "admin:agenda_session_unreached_version": "It says whether an open page is old; programs have ETags.",
    **dict.fromkeys(
        (
            f"admin:{model}_{page}"
            for model in (
                *("summit_grouprole", "summit_identityprovider"),
                *("delegations_partyprovider", "delegations_portalsubject"),
            )
            for page in ("changelist", "change", "table", "history")
            if (model, page) != ("summit_identityprovider", "change")
        ),
        "How people sign in is no token's business; the roles that accounts hold have operations.",
    ),
    "admin:search": "Each list takes words to look for.",
    "portal:assisted": "A liaison officer reads it in the portal alone: programs never get what it leaves out.",
    "admin:palette": "Each list takes words to look for.",
    "admin:delegations_retention_record": "It is a document, which stands there as CSV too.",
    "admin:jobs_table": "It is a list as a file; the rows are read from the list.",
    "admin:summit_listimportfile_changelist": "What a table fills has a bulk operation.",
    "admin:summit_listimportfile_change": "What a table fills has a bulk operation.",
    "admin:summit_listimportfile_table": "What a table fills has a bulk operation.",
}
# Actions that write nothing: they take what a page takes in its address, and answer what it shows.
ASKING = frozenset(
    {
        *("agenda-changes", "agenda-programme", "calls-sheet", "texts-run"),
        *("badges-check", "badges-print", "editions-row-compare", "participant-lists-row-file", "photos-sheet"),
        *("releases-compare", "representations-row-place-card", "sessions-warnings", "sheets-blank"),
    }
)


def showing() -> dict[str, Route]:
    """Return the pages that only show something, of which somebody may see it."""
    writes, found = writing(), {}
    for name, route in declared().items():
        opens = route.gate in (Gate.DESK, Gate.PORTAL, Gate.EVERYBODY) and NOBODY not in (route.see, route.do)
        # What the admin leads on from has no name; signing in is nobody's to do for another.
        named = "<" not in name and not name.startswith(("api-", "text-", *SIGNS_IN))
        if opens and named and "GET" in route.methods and name not in writes:
            found[name] = route
    return found


def operation_of(name: str) -> str:
    """Return the name of the operation that answers what a page shows. Raises KeyError."""
    if name in SAME:
        return SAME[name] if SAME[name].startswith(("api-", "text-")) else f"api-desk-{SAME[name]}"
    listed, _line, way = name.removeprefix("admin:").rpartition("_")
    if way == "history" and name.startswith("admin:"):
        return "api-desk-audit"
    return f"api-desk-{LISTS[listed]}{WAYS[way]}" if way in WAYS else of_the_same_name(name)


def reading(name: str) -> tuple[str, set[str]]:
    operation = operation_of(name)
    return operation, {"POST" if operation.removeprefix("api-desk-") in ASKING else "GET"}


def test_what_a_page_shows_a_program_can_read() -> None:
    hold(*(lacking(name, reading, __file__) for name in sorted(showing().keys() - NONE.keys())))


def test_nothing_is_told_of_pages_that_are_gone() -> None:
    pages = set(showing())
    hold(gone(pages, __file__, SAME, NONE), gone(pages, LISTED_IN, [f"admin:{name}_changelist" for name in LISTS]))
    unasked = ASKING - {operation_of(name).removeprefix("api-desk-") for name in pages - set(NONE)}
    hold(broken("No page shows what it answers: take it out of ASKING.", [at(__file__, each) for each in unasked]))


@pytest.mark.parametrize("name", ["portal:needs", "admin:summit_room_plan", "admin:press_day_changelist"])
def test_control_a_page_that_nothing_says_anything_of_is_found(name: str) -> None:
    with pytest.raises(KeyError):
        operation_of(name)
