"""Where the crawl stops: every address that answers a page, as declared, and states of pages that no address names.

An address that is declared and neither filled here nor named among OTHERS fails `test_every_address_is_walked`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from summit.permissions.models import Role
from summit.permissions.route_access import Gate
from summit.permissions.route_table import Route, RouteAnswer, RouteReader, Whose, declared, existing
from tests.browser.crawl.page_actions import Act, wait_for_swagger
from tests.routes.access_matrix import SECTIONS

LEADS, FILE, MAIL = "leads on", "no page", "a mail, which tests of mails look at"
INSIDE = "a part of a page, looked at there"
# What answers GET and no page; the crawl asks each, and sees that it is so.
OTHERS = {
    "dev:page": MAIL,
    "screens:content": INSIDE,
    **dict.fromkeys(
        (
            "sso_metadata",
            *("feed", "healthz", "metrics", "mfa_download_recovery_codes", "readyz", "robots", "security", "sitemap"),
            *("admin:autocomplete", "admin:delegations_badge_paper", "admin:delegations_invitation_export"),
            *("admin:delegations_participantlist_file", "admin:delegations_party_export"),
            *(
                "admin:delegations_photos_file",
                "admin:delegations_reply_scan",
                "admin:delegations_delegationimportfile_blank",
            ),
            *("admin:delegations_visaletter_paper", "admin:jsi18n", "admin:press_text_file"),
            *("admin:agenda_session_live", "admin:agenda_session_speaking_version"),
            "admin:agenda_session_representation_card",
            *("admin:agenda_document_file", "admin:agenda_signup_export", "admin:summit_person_export"),
            *("admin:agenda_session_board_check", "admin:agenda_session_board_version"),
            *("admin:summit_person_photo_file", "admin:jobs_table"),
            *("admin:agenda_session_presence_version", "admin:agenda_session_unreached_version"),
            *("agenda:calendar", "agenda:document", "agenda:schedule_json", "agenda:schedule_xml"),
            *("agenda:live", "agenda:session_calendar", "agenda:sitemap", "admin:agenda_session_live"),
            *("api-agenda", "api-agenda-changes", "api-agenda-now", "api-desk", "api-me", "api-my-calendars"),
            *("api-my-people",),
            *("api-my-summits", "api-my-token", "api-my-tokens", "api-nothing", "api-parties", "api-party"),
            *("api-root", "api-schema", "api-session", "api-summit", "api-summits", "text-comparison"),
            *("text-detail", "text-edition", "text-list"),
            *("dev:part", "dev:source"),
            *("portal:document", "portal:people_blank", "portal:people_export", "portal:person_photo"),
            *("portal:programme", "portal:visa_paper", "portal:worker"),
            *("press:atom", "press:export", "press:file", "press:json-feed", "press:language-export"),
            *("press:oembed", "press:sitemap"),
            *("summit:sitemap", "summit:theme", "summit:picture", "summit:emblem"),
        ),
        FILE,
    ),
    **dict.fromkeys(
        (
            *("account_reset_password_from_key", "mfa_list_webauthn", "mfa_login_webauthn", "root"),
            *("admin:login",),
            "sso_begin",
            *("letter:follow",),
        ),
        LEADS,
    ),
}

# Who reads, the first of them to whom an address is open.
READERS = [
    RouteReader("organiser", frozenset({str(Role.ORGANISER), str(Role.PROGRAMME)}), account=True),
    RouteReader("protocol", frozenset({str(Role.PROTOCOL)}), account=True),
    RouteReader("press", frozenset({str(Role.PRESS_OFFICER)}), account=True),
    RouteReader("approver", frozenset({str(Role.PRESS_APPROVER)}), account=True),
    RouteReader("superuser", account=True, superuser=True),
]
# Pages that refuse whoever opens them by hand.
REFUSED = dict.fromkeys(("sso_callback", "sso_finish", "sso_sls"), 400)
STATUS = {RouteAnswer.YES: 200, RouteAnswer.FORBIDDEN: 403, RouteAnswer.MISSING: 404}
# Whose browser opens what isn't open to everybody, a desk or the portal's readers: an account with a second step.
AS = {
    "account_logout": "organiser",
    "account_reauthenticate": "organiser",
    "mfa_authenticate": "half",
    "mfa_reauthenticate": "long ago",
    "mfa_reauthenticate_webauthn": "long ago",
    "mfa_activate_totp": "newcomer",
    "account_set_password": "newcomer",
    "portal:assisted": "liaison",
    "portal:code_enter": "asked",
    "portal:code_choose": "choosing",
    "sso_unlinked": "unlinked",
    # Whoever may not write is led to the text.
    "admin:press_text_change": "press",
}
# What fills the variables of an address, by the kind that it picks.
FILL = {
    "public summit": {"summit": "summit"},
    "handbook page": {"slug": "handbook_page"},
    "desk": {"summit": "summit"},
    "token": {"id": "token_id"},
    "public party": {"summit": "summit", "public_id": "desk_party"},
    "public session": {"summit": "summit", "public_id": "session"},
    "public document": {"summit": "summit", "public_id": "session", "document": "document"},
    "public text": {"summit": "summit", "slug": "text"},
    "public comparison": {"summit": "summit", "slug": "spoken"},
    "press.text spoken": {"pk": "text_prepared"},
    "public file": {"summit": "summit", "slug": "text", "public_id": "attachment", "name": "attachment_name"},
    "subscription": {"summit": "summit", "token": "subscription"},
    "session in an agenda": {"public_id": "own_session"},
    "document in an agenda": {"public_id": "paper_session", "document": "paper"},
    "letter's link": {"token": "letter"},
    "private calendar": {"token": "feed"},
    "agenda version": {"summit": "summit", "key": "live"},
    "screen": {"summit": "summit", "key": "screen_key"},
    "mail in development": {"public_id": "mail"},
    "passkey": {"pk": "passkey"},
    "identity provider": {"slug": "saml_provider"},
    "SAML provider": {"slug": "saml_provider"},
    "OpenID provider": {"slug": "openid_provider"},
    "invitation to link": {"token": "invitation_to_link"},
    "jobs.job": {"public_id": "job_failed"},
    "kept table": {"public_id": "exported_file"},
    "summit.summit": {"slug": "summit"},
    **{
        f"delegations.{kind} of a party": {
            "public_id": "desk_party",
            "person": "desk_person",
            "letter": "desk_letter",
            "sheet": "desk_sheet",
        }
        for kind in (
            *("membership", "declaration", "visaletter", "contact"),
            *("focalpointrequest", "delegationimportfile"),
        )
    },
}
# Other rows than the kind's own, by the address.
INSTEAD = {
    "portal:invitation": {"public_id": "invitation"},
    **{
        f"portal:{name}": {"public_id": "desk_party"}
        for name in (
            *("delegation", "people", "person_add", "people_table", "people_blank", "people_export", "visas"),
            *("declarations", "focal_points", "focal_leave", "transferable_passes", "contacts"),
            *("bilaterals", "bilateral_ask"),
        )
    },
    **{
        f"portal:bilateral_{name}": {"public_id": "desk_party", "bilateral": "bilateral"}
        for name in ("accept", "propose")
    },
    "portal:contact": {"public_id": "desk_party", "pk": "pk delegations.contact"},
    "portal:assisted": {"public_id": "assisted"},
    "portal:transferable_pass": {"public_id": "desk_party", "pk": "pk delegations.transferablepass"},
    "admin:delegations_invitation_answer": {"pk": "waiting_invitation"},
    "admin:delegations_invitation_call": {"pk": "waiting_invitation"},
    "admin:agenda_session_speakers": {"pk": "pk plenary"},
    "admin:agenda_session_line_up": {"pk": "pk plenary"},
    "admin:agenda_session_speaking": {"pk": "pk plenary"},
    "admin:agenda_session_presence": {"pk": "pk plenary"},
    "admin:agenda_session_representation": {"pk": "pk plenary"},
    "admin:agenda_session_representation_card": {"pk": "pk plenary"},
    "admin:press_text_file": {"pk": "text_public", "file": "attachment_key"},
    "admin:press_text_compare": {"pk": "text_corrected"},
    # The text of an earlier row is withdrawn: nobody edits it.
    "admin:press_text_change": {"object_id": "text_draft"},
    "account_reset_password_from_key": {"uidb36": "uidb36", "key": "key"},
    "admin:summit_user_reset_second_step": {"pk": "guarded"},
}
QUERY = {
    "admin:agenda_session_representation": "?party={pk of the plenary}",
    "admin:agenda_session_representation_card": "?party={pk of the plenary}",
    "admin:press_text_compare": "?version=en&a=1&b=2",
    "admin:press_text_approve_many": "?row={text_review}",
    "admin:press_text_set_moment_many": "?row={text_review}",
    "admin:press_text_submit_many": "?row={text_review}",
    "admin:summit_person_accounts": "?row={pk summit.person}",
    "admin:summit_person_take_accounts": "?row={pk summit.person}",
    "admin:summit_person_language": "?row={pk summit.person}",
    "admin:delegations_duplicatecandidate_tell_apart": "?row={pk delegations.duplicatecandidate}",
    **{
        f"admin:delegations_membership_{name}": "?row={pk delegations.membership}"
        for name in ("confirm", "move", "withdraw")
    },
    "admin:delegations_party_quotas": "?category=all",
    "admin:delegations_letters": "?purpose=delegation&language=ar",
    "admin:delegations_party_invite": "?summit={summit}",
    "admin:delegations_occasions": "?session={session}",
    "admin:delegations_invitation_remind": "?row={waiting_invitation}",
    "admin:delegations_invitation_revoke": "?row={waiting_invitation}",
    "admin:delegations_invitationlink_revoke": "?row={pk delegations.invitationlink}",
    "admin:delegations_declaration_permit": "?row={pk delegations.declaration}",
    "admin:delegations_visaletter_issue": "?row={visa_asked}",
    "admin:delegations_badge_issue": "?summit={summit}",
    "admin:delegations_handover_waiting": "?summit={summit}",
    "admin:delegations_badge_end": "?row={pk delegations.badge}",
    "admin:delegations_badge_paper": "?row={pk delegations.badge}",
    "admin:delegations_badge_check": "?number={badge}",
    "admin:autocomplete": "?app_label=summit&model_name=venue&field_name=summit",
}
# Of pages that each list of the admin has, from one template, those of these lists stand for all of them.
STAND_FOR_ALL = (
    *("admin:summit_venue_", "admin:summit_person_", "admin:delegations_party_", "admin:press_text_"),
    "admin:agenda_session_",
)
# The two pages that most models have: of each model one is opened.
OF_MODELS = re.compile(r"admin:(\w+)_(changelist|change)")
# What must be done until a page stands.
ACTS = {"api-docs": wait_for_swagger}
LITERAL = {
    "language": "fr",
    "section": "passport",
    "ending": "txt",
    "number": "1",
    "url": "nothing-here",
}
APPS = ("summit", "api", "outbox", "webhooks", "delegations", "agenda", "press")
PART = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True)
class Stop:
    """A page in a state: `path` is filled from the world's values, `act` is done once it is open."""

    route: str
    path: str
    reader: str = "anybody"
    state: str = ""
    status: int = 200
    act: Act | None = None

    def __str__(self) -> str:
        return f"{self.route} {self.state}".strip().replace("<path:object_id>", "x").replace(" ", "-")


def path_of(name: str, pattern: str, kind: str) -> str:
    """Return a pattern with the names of the world's values in the place of its variables."""
    plain = re.sub(r"[\^$]|\\Z", "", pattern).replace("\\.", ".").replace(".*", "nothing-here")

    def put(match: re.Match[str]) -> str:
        variable = match.group(1) or match.group(2)
        if variable == "part":
            return SECTIONS[kind]
        if variable in LITERAL:
            return LITERAL[variable]
        fill = {**FILL.get(kind, {}), **INSTEAD.get(name, {})}
        if variable in fill:
            return f"{{{fill[variable]}}}"
        if variable in ("object_id", "pk", "key") and kind:
            return f"{{pk {kind}}}"
        return f"<{variable}>"

    return "/" + PART.sub(put, plain) + QUERY.get(name, "")


def _reader(route: Route) -> tuple[str, int]:
    """Return who opens an address, and what it answers them."""
    whose = {Gate.EVERYBODY: Whose.PUBLIC, Gate.HOLDER: Whose.PUBLIC}.get(route.gate, Whose.OWN)
    whose = whose if route.kind else Whose.NONE
    if route.name in AS:
        return AS[route.name], 200
    if route.gate in (Gate.EVERYBODY, Gate.HOLDER):
        return "anybody", REFUSED.get(route.name, 200)
    if route.gate == Gate.ACCOUNT or route.kind == "token":
        return "guarded", 200
    if route.gate == Gate.PORTAL:
        return "focal", 200
    answers = {reader.name: route.answer("GET", reader, whose) for reader in READERS}
    for wanted in (RouteAnswer.YES, RouteAnswer.FORBIDDEN):
        if name := next((name for name, answer in answers.items() if answer == wanted), None):
            return name, STATUS[wanted]
    return READERS[0].name, 404


def declared_stops() -> Iterator[Stop]:
    """Yield a stop for every declared address that answers GET, those that are no pages too."""
    routes = declared()
    for name, pattern in existing():
        # The API's resources of desks answer JSON: tests/routes and schemathesis ask them.
        if name not in routes or "GET" not in routes[name].methods or name.startswith("api-desk-"):
            continue
        reader, status = _reader(routes[name])
        path = path_of(name, pattern, routes[name].kind or _model(name))
        if "<app_label>" in path:
            for app in APPS:
                yield Stop(name, path.replace("<app_label>", app), "superuser", app)
        else:
            yield Stop(name, path, reader, status=status, act=ACTS.get(name))


def _model(name: str) -> str:
    """The kind of the addresses that the admin leads on from: `admin/press/text/<path:object_id>/`."""
    found = re.match(r"admin/(\w+)/(\w+)/<", name)
    return f"{found.group(1)}.{found.group(2)}" if found else ""


def is_alike(stop: Stop) -> bool:
    """Whether another page of the admin stands for this one: an export, a history, a refusal, the lists of an app, a
    row that is added or deleted, of one model the list and of another one a row."""
    if stop.route == "admin:app_list":
        return stop.state != "delegations"
    model = OF_MODELS.fullmatch(stop.route)
    is_other = model is not None and (crc32(model[1].encode()) % 2 == 0) == (model[2] == "changelist")
    same = (
        is_other
        or stop.status == STATUS[RouteAnswer.FORBIDDEN]
        or stop.route.endswith(("_table", "_history", "_add", "_delete"))
    )
    return same and stop.route.startswith("admin:") and not stop.route.startswith(STAND_FOR_ALL)


def is_page(stop: Stop) -> bool:
    return stop.route not in OTHERS and "<path:object_id>" not in stop.route
