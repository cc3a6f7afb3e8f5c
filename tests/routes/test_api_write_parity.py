"""Whatever a page does, a program can do: each page that writes stands beside its operation of the API, or says why
there is none. A page that is added fails here until it does."""

import itertools
from functools import cache

import pytest

from summit.permissions.route_access import NOBODY, Gate
from summit.permissions.route_table import Route
from summit.permissions.route_table import declared as declare

pytestmark = pytest.mark.once
declared = cache(declare)
# What a list of the admin shows and what is done there, by the resource that does the same.
LISTS = {
    "api_apiclient": "applications",
    "delegations_badge": "badges",
    "delegations_category": "categories",
    "delegations_declaration": "declarations",
    "delegations_declarationkind": "declaration-kinds",
    "delegations_focalpointrequest": "focal-point-requests",
    "delegations_handover": "handovers",
    "delegations_liaisonofficer": "liaison-officers",
    "delegations_invitation": "invitations",
    "delegations_invitationlink": "letter-links",
    "delegations_membership": "members",
    "delegations_transferablepass": "overpasses",
    "delegations_transferablepassrule": "overpass-rules",
    "delegations_participantlist": "participant-lists",
    "delegations_party": "parties",
    "delegations_partygroup": "party-groups",
    "delegations_quota": "quotas",
    "delegations_reply": "replies",
    "delegations_duplicatecandidate": "resemblances",
    "delegations_retention": "retention-times",
    "delegations_delegationimportfile": "sheets",
    "delegations_visaletter": "visa-letters",
    "delegations_zone": "zones",
    "webhooks_delivery": "deliveries",
    "webhooks_endpoint": "webhooks",
    "outbox_message": "messages",
    "press_announcement": "announcements",
    "press_subscriber": "subscribers",
    "press_text": "texts",
    "press_topic": "topics",
    "agenda_bilateral": "bilaterals",
    "agenda_customkind": "session-kinds",
    "agenda_fixedpoint": "fixed-points",
    "agenda_release": "releases",
    "agenda_retiming": "retimings",
    "agenda_scheduleimportfile": "schedules",
    "agenda_screen": "screens",
    "press_speechimportfile": "speech-archives",
    "agenda_session": "sessions",
    "agenda_signup": "sign-ups",
    "summit_auditentry": "audit",
    "summit_person": "people",
    "summit_roleassignment": "roles",
    "summit_room": "rooms",
    "summit_user": "accounts",
    "summit_venue": "venues",
}
# Decisions about a text are its editions' and its embargo's.
DECIDED = {"press_text": ("editions", "lifts")}
WAYS = {"add": ("", "POST"), "change": ("-row", "PATCH"), "edit": ("-row", "PATCH"), "delete": ("-row", "DELETE")}
# Each other page whose operation is called otherwise, by what follows "api-desk-" in its name.
SAME = {
    "admin:api_apiclient_tokens": "applications-row-make-token",
    "admin:delegations_categories_order": "categories-arrange",
    "admin:delegations_guest": "guests",
    "admin:delegations_handover_decide": "handovers-row-pass-on",
    "admin:delegations_letters": "letter-templates",
    "admin:delegations_membership_confirm": "members-confirm",
    "admin:delegations_membership_move": "members-row",
    "admin:delegations_membership_withdraw": "members-row",
    "admin:delegations_names": "parties-row",
    "admin:delegations_occasions": "invitations-invite",
    "admin:delegations_order": "parties-arrange",
    "admin:delegations_participantlist_prepare": "participant-lists",
    "admin:delegations_party_invite": "invitations-prepare",
    "admin:delegations_party_liaison": "liaison-officers-row",
    "admin:delegations_party_members_order": "members-reorder",
    "admin:delegations_party_name": "members",
    "admin:delegations_party_quotas": "quotas-row-set",
    "admin:delegations_policy": "policy",
    "admin:delegations_retention_summit": "retention-times",
    "admin:delegations_delegationimportfile_drop": "sheets-row",
    "admin:delegations_delegationimportfile_upload": "sheets",
    "admin:delegations_zones_order": "zones-arrange",
    "admin:webhooks_endpoint_secret": "webhooks-row-new-secret",
    "admin:press_text_about": "texts-row",
    "admin:press_text_approve_many": "texts-approve",
    "admin:press_text_submit_many": "texts-submit",
    "admin:press_text_set_moment_many": "texts-set-moment",
    "admin:press_text_change": "editions",
    "admin:press_text_language": "versions",
    "admin:press_text_mark": "markings",
    "admin:press_text_unsaved": "editions-read-file",
    "admin:press_text_unsaved_language": "editions-read-file",
    "admin:press_text_unsaved_new": "editions-read-file",
    "admin:agenda_document_remove": "session-documents-row",
    "admin:agenda_document_replace": "session-documents-row-replace",
    "admin:agenda_release_prepare": "releases-release",
    "admin:agenda_scheduleimportfile_drop": "schedules-row",
    "admin:agenda_scheduleimportfile_upload": "schedules",
    "admin:press_speechimportfile_drop": "speech-archives-row",
    "admin:press_speechimportfile_upload": "speech-archives",
    "admin:agenda_conflict_policies": "sessions-set-conflict-rule",
    "admin:agenda_session_board": "sessions-row-move",
    "admin:agenda_session_participants": "session-participants-bulk",
    "admin:agenda_session_declined": "session-participants-row",
    "admin:agenda_session_presence": "presence",
    "admin:agenda_session_presence_day": "presence",
    "admin:agenda_session_representation": "representations",
    "admin:agenda_session_unreached": "telephone-messages",
    "admin:agenda_session_documents": "session-documents",
    "admin:agenda_session_sign_ups": "sign-ups",
    "admin:agenda_signup_open": "sessions-row",
    "admin:agenda_session_speakers": "sessions-row-arrange",
    "admin:agenda_session_speaking": "slots-row-run",
    "admin:agenda_slot_speech": "slots-row",
    "admin:agenda_slot_take_off": "slots-row",
    "admin:setup_letter": "letter-templates",
    "admin:setup_parties": "parties-bulk",
    "admin:setup_team": "roles-bulk",
    "admin:setup_venue": "venues",
    "admin:summit_resume": "arming-arm",
    "admin:summit_person_accounts": "people-give-accounts",
    "admin:summit_person_language": "people-bulk",
    "admin:summit_person_needs": "needs-row",
    "admin:summit_person_passport": "passports-row",
    "admin:summit_person_photo": "photos",
    "admin:summit_person_travel": "travel-row",
    "admin:jobs_cancel": "jobs-row-cancel",
    "admin:jobs_retry": "jobs-row-retry",
    "portal:ask_floor": "floor-requests",
    "portal:bilateral_ask": "bilaterals",
    "portal:bilateral_accept": "bilaterals-row-accept",
    "portal:bilateral_agree": "bilaterals-row-agree",
    "portal:bilateral_decline": "bilaterals-row-decline",
    "portal:bilateral_propose": "bilaterals-row-propose",
    "portal:bilateral_withdraw": "bilaterals-row-withdraw",
    "portal:contact": "contacts-row",
    "portal:contact_remove": "contacts-row",
    "portal:contacts": "contacts",
    "portal:declaration_withdraw": "declarations-row",
    "portal:focal_leave": "focal-points-leave",
    "portal:focal_points": "focal-point-requests",
    "portal:focal_withdraw": "focal-point-requests-row-withdraw",
    "portal:invitation": "invitations-row-answer",
    "portal:transferable_pass": "overpasses-row-hand",
    "portal:people_confirm": "members-confirm",
    "portal:people_sheet": "sheets-row-take",
    "portal:people_sheet_drop": "sheets-row",
    "portal:people_sheet_undo": "sheets-row-undo",
    "portal:people_table": "sheets",
    "portal:person_add": "members",
    "portal:person_declarations": "declarations",
    "portal:person_edit": "people-row",
    "portal:person_replace": "members-row-replace",
    "portal:person_withdraw": "members-row",
    "portal:public_listing": "parties-row-set-public-listing",
    "portal:sign_up": "sign-ups",
    "portal:visa_take_back": "visa-letters-row-take-back",
    "portal:visas": "visa-letters",
}
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
    **dict.fromkeys(
        (
            *(f"admin:delegations_partyprovider_{action}" for action in ("add", "delete")),
            "admin:delegations_portalsubject_delete",
        ),
        "How people sign in is no token's business.",
    ),
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


def test_what_a_page_does_a_program_can_do() -> None:
    for name in writing().keys() - NONE.keys():
        try:
            operation, methods = operation_of(name)
        except KeyError:
            pytest.fail(f"{name}: give its viewset an @action of this name, or name its operation in {__file__}")
        assert declared()[operation].gate == Gate.API, name
        assert declared()[operation].methods & methods, name


def test_nothing_is_told_of_pages_that_are_gone() -> None:
    pages = set(writing()) | {name for name in declared() if name.startswith(SIGNS_IN)}
    assert (set(SAME) | set(OTHERWISE) | set(NONE)) - pages == set()
    assert set(SAME) & set(NONE) == set()
