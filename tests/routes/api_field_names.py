"""How the fields of pages are called in the API, where they aren't called the same.

What follows by a rule (`tests.routes.test_api_field_parity.taken`) stands in no table. Each entry of TABLE says of a
field which input of the page's own operation has it, or as "operation input" that of another; as "does operation",
which action its button chooses; SHOWN or ADDRESS, that it has nothing to say. An operation is named by what follows
"api-desk-", or by its whole name.
"""

from press.texts.permissions import DECISIONS
from sessions.conflicts.models import WarningKind

# What the page showed, so that nobody undoes what they haven't seen: `If-Match` says it, or `expected`.
SHOWN = "shown"
# Which row, or which part of it, is meant: the address says it.
ADDRESS = "address"

# The token of a form, what makes a form that is sent twice count once (`Idempotency-Key`), buttons of the admin, and
# the words by which somebody was looked for on the page.
NOTHING = frozenset({"csrfmiddlewaretoken", "once", "_save", "_continue", "_addanother", "post", "look"})
# Rows that stand on the page of another one are rows of a resource of their own.
INLINES = {
    "focal_points": "focal-points",
    "interpretation": "interpretation",
    "participants": "session-participants",
    "rooms": "rooms",
    "slots": "slots",
    "texts": "session-texts",
    "venues": "venues",
}
# One page, several operations.
ALSO = {
    "admin:agenda_session_speakers": ("sessions-row-settle", "slots", "floor-requests-row-decline"),
    "portal:person_edit": ("members-row", "needs-row", "passports-row", "travel-row"),
}
# Pages that answer what was typed into the form of another one: its fields are looked at there.
FORM_OF = {
    "admin:press_text_unsaved": "admin:press_text_change",
    "admin:press_text_unsaved_language": "admin:press_text_language",
    "admin:press_text_unsaved_new": "admin:press_text_add",
}
# Pages of which no form is found, with the reason.
FORMLESS = {
    "admin:agenda_session_declined": "A button beside each delegation, which names its sessions.",
    "admin:agenda_session_reinstate": "A button beside others, without a field.",
    **dict.fromkeys(
        (
            *("admin:agenda_session_start", "admin:agenda_session_end", "admin:agenda_session_announce_delay"),
            *("admin:agenda_session_end_delay", "admin:agenda_retiming_approve", "admin:agenda_retiming_decline"),
            *(f"admin:agenda_bilateral_{step}" for step in ("approve", "forward")),
            *(f"portal:bilateral_{step}" for step in ("agree", "decline", "withdraw")),
        ),
        "A button beside others, without a field.",
    ),
    "admin:agenda_session_unreached": "A button beside each delegation that a change soon hasn't reached.",
    "admin:delegations_membership_confirm": "A button beside others, which names its rows.",
    "admin:summit_person_ask_hand_over": "Whoever sees all groups asks nobody.",
    "admin:press_text_preview": "A script asks it, with what stands in the editor.",
}

_GIVES_REASON = ("approve_alone", "hold", "remove", "withdraw")
_PUTS_IN_ORDER = ("categories", "zones", "party_members")
_WORDS = {"show": "does editions-preview", "take": "does editions-read-file", "words": "editions-read-file content"}
_SUBMITS = {"submit": "does editions-row-submit"}
_PARTY = {
    **{f"contacts[].{name}": f"contacts {name}" for name in ("role", "name", "office", "phone", "email", "note")},
    "external_ids[].system": "external_ids",
    "external_ids[].value": "external_ids",
    "names[].language": "names",
}
# A page on which files of one kind are uploaded.
_ONE_KIND = {"kind": ADDRESS}
_SESSION = {"slots[].position": "slots-row-move place"}

TABLE: dict[str, dict[str, str]] = {
    **{f"admin:press_text_{name}": {"version": ADDRESS, "number": ADDRESS} for name in DECISIONS},
    **{
        f"admin:delegations_{name}_order": {"place[]": "order", "move": "order", "do": "order", "was[]": "expected"}
        for name in _PUTS_IN_ORDER
    },
    "admin:api_apiclient_tokens": {"days": "expires_at", "revoke": "does application-tokens-row-revoke"},
    "admin:delegations_badge_issue": {"row": "people"},
    "admin:delegations_delegationimportfile_answer": {"2 formal_name": "answers"},
    "admin:delegations_handover_decide": {"to": "person", "do": "does handovers-row-drop"},
    **{
        f"admin:delegations_{name}_answer": {
            "channel": "way.channel",
            "dated": "way.dated",
            "reference": "way.reference",
            "newest": SHOWN,
        }
        for name in ("invitation", "party")
    },
    "admin:delegations_letters": {"do": "does letter-templates-test", "party": "letter-templates-test party"},
    # The page says what ends with a withdrawal, which the API does at once.
    "admin:delegations_invitation_remind": {"row": "parties"},
    "admin:delegations_membership_replace": {"new": SHOWN},
    "admin:delegations_membership_withdraw": {"confirmed": SHOWN},
    "admin:emblem": {"file": "emblem", "delete": "emblem"},
    "admin:delegations_names": {"name[]": "names", "take[]": "names"},
    "admin:delegations_occasions": {"party": "parties"},
    "admin:delegations_order": {"place[]": "order", "move": "order", "do": "order", "was[]": "expected"},
    "admin:delegations_participantlist_prepare": {"state": "final"},
    "admin:delegations_party_add": _PARTY,
    "admin:delegations_party_change": _PARTY,
    "admin:delegations_party_invite": {"row": "parties", "do": "does invitations-send"},
    "admin:delegations_party_liaison": {"officers": ADDRESS},
    "admin:delegations_party_quotas": {"drop": "quotas-row-drop category"},
    "admin:delegations_visaletter_issue": {"row": "letters"},
    "admin:press_text_approve": {"version": ADDRESS, "number": ADDRESS, "publish": "does lifts-row-release-now"},
    "admin:press_text_add": {**_WORDS, **_SUBMITS, "slot": "speech"},
    "admin:press_text_change": {
        **_WORDS,
        **_SUBMITS,
        "file": "attachments content",
        "file_title": "attachments title",
    },
    "admin:press_text_language": _WORDS,
    "admin:press_text_mark": {"inserted": "words", "seen_inserted": "seen", "undoes": "does markings-row-undo"},
    "admin:press_text_set_moment_many": {"row": "texts", "when": "moment"},
    "admin:press_text_submit_many": {"row": "texts"},
    "admin:agenda_scheduleimportfile_upload": _ONE_KIND,
    "admin:press_speechimportfile_upload": _ONE_KIND,
    "admin:agenda_session_add": _SESSION,
    "admin:agenda_session_change": {**_SESSION, "shown": SHOWN},
    "admin:agenda_session_edit": {"shown": SHOWN},
    # Each rule is a field of the page, and a call of a program.
    "admin:agenda_conflict_policies": {
        **dict.fromkeys(map(str, WarningKind), "sessions-set-conflict-rule kind"),
        "way_minutes": "sessions-set-conflict-rule minutes_between_venues",
    },
    # The board moves several sessions at once, a program one after the other.
    "admin:agenda_session_board": {
        "do": "does sessions-row-move",
        "minutes": "sessions-row-move starts_at",
        "pinned": "sessions-row-move move_pinned",
        "rooms": ADDRESS,
        "session": ADDRESS,
    },
    # The page says the times as minutes, and shows what follows; a program sends the times.
    "admin:agenda_session_retime": {
        "way": "starts_at",
        "by": "ends_at",
        "end": "ends_at",
        "on": "split.starts_at",
        "until": "split.ends_at",
        "from": "split.speeches",
        "breaks": "shorten_breaks",
    },
    "admin:agenda_signup_open": {"session": ADDRESS},
    "admin:agenda_session_sign_ups": {"do": "does sign-ups-row", "row": ADDRESS},
    "admin:agenda_session_documents": {"move": "session-documents-row-shift up"},
    "admin:agenda_session_presence": {"mark": "does presence-row-take-back"},
    "admin:agenda_session_presence_day": {"mark": "does presence-row-take-back"},
    "admin:agenda_session_speakers": {
        "do": "does floor-requests-row-grant",
        "minutes[]": "speeches[].minutes",
        "move": "slots-row-move place",
        "place[]": "speeches[].place",
        "was": SHOWN,
    },
    "admin:agenda_session_speaking": {"do": "slots-row-run act"},
    "admin:summit_person_agree_hand_over": {"until": SHOWN},
    "admin:setup_letter": {"answer_by": "invitations-send answer_by", "do": "does invitations-send"},
    "admin:setup_parties": {"country": "rows[].iso_code", "lines": "rows[].name", "do": "does parties-bulk"},
    "admin:setup_venue": {"rooms": "rooms-bulk rows[].name"},
    "admin:summit_person_accounts": {"row": "people"},
    "admin:summit_person_change": {"user": "people-row-choose-account account"},
    "admin:summit_person_photo": {"photo": "content", "remove": "does photos-row"},
    "admin:summit_person_take_accounts": {"row": "people"},
    "portal:ask_floor": {"do": "does floor-requests-row-withdraw", "request": ADDRESS, "person": "speaker"},
    "portal:calendars": {
        "alarms": "reminders",
        "make": "person",
        "end": "does api-my-calendar-end",
        "remind": "does api-my-calendar-remind",
    },
    "portal:transferable_pass": {"person": "taker"},
    "portal:people_confirm": {"person": "members"},
    "portal:person_edit": {"photo": "photos content", "remove": "does photos-row"},
    "portal:person_replace": {"member": "person"},
    "portal:sign_up": {"do": "does sign-ups-row"},
}
for _name in _GIVES_REASON:
    TABLE[f"admin:press_text_{_name}"]["note"] = "reason"
TABLE["admin:press_text_set_moment"] |= {
    "when": "does lifts-row-release-now",
    "alarm": "lifts-row-wait-for-delivery alarm_at",
}
TABLE["admin:press_text_tie"]["other"] = "text"
