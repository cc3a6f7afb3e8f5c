"""Whatever a page does, a program can do: each page that writes stands beside its operation of the API, or says why
there is none. A page that is added fails here until it does."""

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import pytest

from summit.permissions.route_access import NOBODY, Gate
from summit.permissions.route_table import Route
from summit.permissions.route_table import declared as declare
from tests.ratchets import at, broken, hold, page

pytestmark = pytest.mark.once
declared = cache(declare)
LISTED_IN = __file__


def pairs(table: Mapping[str, str]) -> dict[str, str]:
    """Return a table of `page=operation` by the whole names of the pages, which begin by its keys."""
    return {
        f"{start}{page}": operation
        for start, words in table.items()
        for page, operation in (each.split("=") for each in words.split())
    }


# What a list of the admin shows and what is done there, by the resource that does the same.
LISTS = pairs(
    {
        "api_": "apiclient=applications",
        "delegations_": """
        badge=badges category=categories declaration=declarations declarationkind=declaration-kinds
        focalpointrequest=focal-point-requests handover=handovers liaisonofficer=liaison-officers
        invitation=invitations invitationlink=letter-links membership=members transferablepass=overpasses
        transferablepassrule=overpass-rules participantlist=participant-lists party=parties partygroup=party-groups
        quota=quotas reply=replies duplicatecandidate=resemblances retention=retention-times
        delegationimportfile=sheets visaletter=visa-letters zone=zones
        """,
        "webhooks_": "delivery=deliveries endpoint=webhooks",
        "outbox_": "message=messages",
        "press_": """
        announcement=announcements subscriber=subscribers text=texts topic=topics speechimportfile=speech-archives
        """,
        "agenda_": """
        bilateral=bilaterals customkind=session-kinds fixedpoint=fixed-points release=releases retiming=retimings
        scheduleimportfile=schedules screen=screens session=sessions signup=sign-ups
        """,
        "summit_": """
        auditentry=audit person=people roleassignment=roles room=rooms user=accounts venue=venues
        """,
    }
)
# Decisions about a text are its editions' and its embargo's.
DECIDED = {"press_text": ("editions", "lifts")}
WAYS = {"add": ("", "POST"), "change": ("-row", "PATCH"), "edit": ("-row", "PATCH"), "delete": ("-row", "DELETE")}
# Each other page whose operation is called otherwise, by what follows "api-desk-" in its name.
SAME = pairs(
    {
        "admin:": """
        api_apiclient_tokens=applications-row-make-token webhooks_endpoint_secret=webhooks-row-new-secret
        press_speechimportfile_drop=speech-archives-row press_speechimportfile_upload=speech-archives
        setup_letter=letter-templates setup_parties=parties-bulk setup_team=roles-bulk setup_venue=venues
        summit_resume=arming-arm jobs_cancel=jobs-row-cancel jobs_retry=jobs-row-retry
        """,
        "admin:delegations_": """
        categories_order=categories-arrange guest=guests handover_decide=handovers-row-pass-on
        letters=letter-templates membership_confirm=members-confirm membership_move=members-row
        membership_withdraw=members-row names=parties-row occasions=invitations-invite order=parties-arrange
        participantlist_prepare=participant-lists party_invite=invitations-prepare
        party_liaison=liaison-officers-row party_members_order=members-reorder party_name=members
        party_quotas=quotas-row-set policy=policy retention_summit=retention-times
        delegationimportfile_drop=sheets-row delegationimportfile_upload=sheets zones_order=zones-arrange
        """,
        "admin:press_text_": """
        about=texts-row approve_many=texts-approve submit_many=texts-submit set_moment_many=texts-set-moment
        change=editions language=versions mark=markings unsaved=editions-read-file
        unsaved_language=editions-read-file unsaved_new=editions-read-file
        """,
        "admin:agenda_": """
        document_remove=session-documents-row document_replace=session-documents-row-replace
        release_prepare=releases-release scheduleimportfile_drop=schedules-row scheduleimportfile_upload=schedules
        bilateral_policy=bilaterals-screening
        conflict_policies=sessions-set-conflict-rule signup_open=sessions-row slot_speech=slots-row
        slot_take_off=slots-row
        """,
        "admin:agenda_session_": """
        board=sessions-row-move participants=session-participants-bulk declined=session-participants-row
        presence=presence presence_day=presence
        representation=representations unreached=telephone-messages documents=session-documents sign_ups=sign-ups
        speakers=sessions-row-arrange speaking=slots-row-run
        """,
        "admin:summit_person_": """
        accounts=people-give-accounts language=people-bulk needs=needs-row passport=passports-row photo=photos
        travel=travel-row
        """,
        "portal:": """
        ask_floor=floor-requests bilateral_ask=bilaterals bilateral_accept=bilaterals-row-accept
        bilateral_agree=bilaterals-row-agree bilateral_decline=bilaterals-row-decline
        bilateral_propose=bilaterals-row-propose bilateral_withdraw=bilaterals-row-withdraw contact=contacts-row
        contact_remove=contacts-row contacts=contacts declaration_withdraw=declarations-row
        focal_leave=focal-points-leave focal_points=focal-point-requests
        focal_withdraw=focal-point-requests-row-withdraw invitation=invitations-row-answer
        transferable_pass=overpasses-row-hand people_confirm=members-confirm people_sheet=sheets-row-take
        people_sheet_drop=sheets-row people_sheet_undo=sheets-row-undo people_table=sheets person_add=members
        person_declarations=declarations person_edit=people-row person_replace=members-row-replace
        person_withdraw=members-row public_listing=parties-row-set-public-listing sign_up=sign-ups
        visa_take_back=visa-letters-row-take-back visas=visa-letters
        """,
    }
)
OTHERWISE = {
    "portal:calendars": "api-my-calendars",
    "portal:held": "api-my-data-ask",
    "portal:held_take": "api-my-data-take",
    "admin:emblem": "api-desk",
    "admin:setup": "api-my-summits",
    "admin:summit_summit_add": "api-my-summits",
    "admin:summit_summit_change": "api-desk",
}
# Whoever signs in, or shows that they still are who they were, does it themselves.
SIGNS_IN = ("account_", "mfa_", "sso_", "portal:code_", "admin:logout")
NONE = {
    **dict.fromkeys(("portal:browsers", "portal:leave"), "It is about a browser."),
    "letter:ask": "Whoever has a mailbox and no account asks for it by their mailbox.",
    "press:subscribe": "Consent comes from the mailbox.",
    "press:subscription": "Consent comes from the mailbox.",
    "admin:resume": "A token is of one summit, and does nothing that concerns them all.",
    "admin:summit_user_add": "Accounts belong to the installation; roles and people's accounts have operations.",
    "admin:summit_user_change": "Accounts belong to the installation.",
    "admin:summit_user_reset_second_step": "A token would weaken what protects the account that made it.",
    "admin:delegations_partyprovider_add": "How people sign in is no token's business.",
    "admin:delegations_partyprovider_delete": "How people sign in is no token's business.",
    "admin:delegations_portalsubject_delete": "How people sign in is no token's business.",
    "admin:summit_user_single_sign_on": "A token would let somebody else into the account.",
    **dict.fromkeys(
        (f"admin:summit_identityprovider_{action}" for action in ("add", "change", "delete")),
        "Providers belong to the installation, and no token sets them up.",
    ),
    **dict.fromkeys(
        (f"admin:summit_grouprole_{action}" for action in ("add", "delete")),
        "Who may give roles to groups could give all of them to its own.",
    ),
    "admin:undo": "A program calls the operation that does the opposite: members, reinstate, answer.",
    "admin:jobs_verify_audit": "The chain is one for all summits.",
    **dict.fromkeys(
        (f"admin:summit_listimportfile_{action}" for action in ("upload", "look", "take", "undo", "drop")),
        "What a table fills has a bulk operation.",
    ),
}


def writing() -> dict[str, Route]:
    """Return the pages that write, of which somebody may do what they do."""
    found = {}
    for name, route in declared().items():
        asked = {route.see, route.do, route.needs("POST")} - {""}
        # What posts to a list of the admin is an action that is chosen there, or the file of it.
        of_list = name.startswith("admin:") and name.endswith(("_changelist", "_table"))
        opens = NOBODY not in asked and not of_list
        if "POST" in route.methods and route.gate != Gate.API and opens and not name.startswith(SIGNS_IN):
            found[name] = route
    return found


def of_the_same_name(page: str) -> str:
    """Return the operation for one row, or for several, that is called as a page of a list. Raises KeyError."""
    models = [each for each in LISTS if page.startswith(f"admin:{each}_")]
    for model, rows in itertools.product(models, ("-row", "")):
        action = page.removeprefix(f"admin:{model}_").replace("_", "-")
        for resource in (LISTS[model], *DECIDED.get(model, ())):
            if (operation := f"api-desk-{resource}{rows}-{action}") in declared():
                return operation
    raise KeyError(page)


def operation_of(name: str) -> tuple[str, set[str]]:
    """Return the operation that does what a page does, with methods of which it must have one. Raises KeyError."""
    if name in OTHERWISE:
        return OTHERWISE[name], {"POST", "PATCH"}
    listed, _line, way = name.removeprefix("admin:").rpartition("_")
    if way in WAYS and name not in SAME:
        end, method = WAYS[way]
        return f"api-desk-{LISTS[listed]}{end}", {method}
    operation = f"api-desk-{SAME[name]}" if name in SAME else of_the_same_name(name)
    return operation, {"POST", "PATCH", "DELETE"}


def lacking(name: str, find: Callable[[str], tuple[str, set[str]]], file: str) -> list[str]:
    """Return lines about a page without an operation of the API that does the same; `find` returns its name and one
    of the methods that it must have, or raises KeyError. The tables are in `file`."""
    tables = f"LISTS ({at(LISTED_IN, 'LISTS =')}), SAME or, with the reason, NONE ({at(file, 'SAME =')})"
    names = "A list is called api-desk-<name>, a row …-row, an @action …-row-<action> or …-<action> (docs/api.md)."
    try:
        operation, methods = find(name)
    except KeyError as problem:
        todo = f"Give its viewset an @action of this name, or name its operation in {tables}. {names}"
        return broken(todo, [(page(name), f"no operation for {name}: {problem.args[0]} is in no table")])
    if (route := declared().get(operation)) is None:
        return broken(f"Correct the name in {tables}. {names}", [(page(name), f"{name}: there is no {operation}")])
    todo = f"Let its viewset have one of {', '.join(sorted(methods))}, or name another operation in {tables}."
    fits = route.methods & methods and (route.gate == Gate.API or "GET" in methods)
    return [] if fits else broken(todo, [(page(name), f"{name}: {operation} has {', '.join(route.methods)}")])


def gone(pages: Iterable[str], file: str, *tables: Iterable[str]) -> list[str]:
    """Return lines about names in the tables of a module that no page has, or that stand in two of them."""
    every = Counter(name for each in tables for name in set(each))
    lines = [(at(file, name, name.rpartition("_")[2]), name) for name in every.keys() - set(pages)]
    twice = [(at(file, name), f"{name} is in two tables") for name, number in every.items() if number > 1]
    return broken("There is no such page: take it out.", lines) + broken("Take it out of one of them.", twice)


def test_what_a_page_does_a_program_can_do() -> None:
    hold(*(lacking(name, operation_of, __file__) for name in sorted(writing().keys() - NONE.keys())))


def test_nothing_is_told_of_pages_that_are_gone() -> None:
    pages = set(writing()) | {name for name in declared() if name.startswith(SIGNS_IN)}
    hold(gone(pages, __file__, SAME, NONE, OTHERWISE))
