"""States of pages that are worth a stop of their own: full and empty, with errors, with what is open, withdrawn."""

import re
from dataclasses import replace
from typing import Any

from tests.browser.crawl.page_actions import (
    ask_too_often,
    choose_all,
    fill_code,
    forge,
    login_wrong,
    make_secret,
    open_menus,
    open_parts,
    reset_too_often,
    send_empty,
    send_too_much,
    take_words,
)
from tests.browser.crawl.pages import Stop, declared_stops

DECLARED = {stop.route: stop for stop in declared_stops()}
LAST_VARIABLE = re.compile(r"{[^{}]*}(?=[^{}]*$)")
NOTHING = "?q=nothing-is-called-so"


def _at(route: str, state: str, reader: str = "", *, row: str = "", query: str | None = None, **how: Any) -> Stop:
    """Return the stop at a declared address in a state: by another reader, of another row, with another query."""
    stop = DECLARED[route]
    path, mark, declared_query = stop.path.partition("?")
    path = LAST_VARIABLE.sub(row, path) if row else path
    path += mark + declared_query if query is None else query
    return replace(stop, path=path, reader=reader or stop.reader, state=state, **{"status": 200, **how})


def _errors(route: str, reader: str = "", *, state: str = "errors", **where: str) -> Stop:
    """Return the stop at a form that was sent without what it needs."""
    return _at(route, state, reader, act=send_empty, **where)


def _text(name: str, reader: str = "press") -> Stop:
    return _at("admin:press_text_detail", name, reader, row=f"{{text_{name}}}")


LISTS = {
    "organiser": ("delegations_party", "delegations_invitation", "agenda_session", "summit_person",
                  "outbox_message", "summit_user", "delegations_invitationlink"),
    "press": ("press_text",),
}  # fmt: skip
FORMS = {
    "organiser": ("delegations_party", "agenda_session", "summit_person", "summit_venue"),
    "press": ("press_text",),
    "superuser": ("summit_summit", "summit_roleassignment", "summit_user"),
}


def _lists() -> list[Stop]:
    party = "admin:delegations_party_changelist"
    return [
        *(
            _at(f"admin:{model}_changelist", "all open", reader, act=open_parts)
            for reader, models in LISTS.items()
            for model in models
        ),
        _at("admin:summit_user_changelist", "to choose", query="?_to_field=id&_popup=1"),
        _at(party, "nothing found", query=NOTHING),
        _at(party, "chosen", act=choose_all),
        _at("admin:summit_person_changelist", "second page", query="?q=a&p=2"),
    ]


def _forms() -> list[Stop]:
    forms = [(f"admin:{model}_add", reader) for reader, models in FORMS.items() for model in models]
    forms.append(("admin:delegations_party_change", "organiser"))
    return [_errors(route, reader, state="with errors") for route, reader in forms]


def _press() -> list[Stop]:
    change, unsaved = "admin:press_text_change", "words of a file, unsaved"
    names = ("draft", "review", "changes", "approved", "embargo", "held", "public", "withdrawn", "speech", "never")
    return [
        *(_text(name) for name in (*names, "corrected")),
        _text("review", "approver"),
        _text("public", "organiser"),
        _errors(change, "press", row="{text_draft}"),
        *(
            _at(f"admin:press_text_{name}", state, "press", query=f"?summit={{summit}}&{query}")
            for name, query, state in (
                ("run", "day={first_day}", "on a day of the summit"),
                ("run", "day=2025-02-11", "empty"),
                ("embargoes", "month=2025-10", "in a month"),
            )
        ),
        _at("admin:press_text_add", unsaved, query="?summit={summit}", act=take_words),
        _at(change, unsaved, "press", row="{text_draft}", act=take_words),
        *(_at(change, f"in {code}", "press", row="{text_public}", query=f"?version={code}") for code in ("ar", "fr")),
        _at("press:text", "withdrawn", row="statement-withdrawn"),
        _at("press:text", "corrected", row="statement-corrected"),
        Stop("press:language", "/{summit}/press/statement-public/ar/", state="in Arabic"),
        _at("press:list", "empty", query="?kind=transcript"),
        _at("press:list", "found", query="?q=statement&kind=statement&since=2020-01-01"),
        _errors("press:list", state="address missing"),
        _at("press:subscription", "to confirm", row="{confirmation}"),
        _at("press:subscription", "dead", row="end-wrong-token", status=404),
    ]


def _portal() -> list[Stop]:
    edit = DECLARED["portal:person_edit"]
    sections = ("name", "category", "badge", "needs", "travel", "photo")
    return [
        _at("portal:home", "delegate", "delegate"),
        _at("portal:home", "letter", "letter"),
        _at("portal:home", "of a desk", "organiser", status=403),
        _at("portal:agenda", "all", query="?show=all"),
        _at("portal:agenda", "narrowed", query="?kind=plenary"),
        _at("portal:agenda", "of a letter", "letter"),
        _at("portal:changes", "all", query="?show=all"),
        _at("portal:changes", "of a letter", "letter"),
        _at("portal:invitation", "to change", query="?change=1"),
        _at("portal:invitation", "to answer", "letter", row="{letter_invitation}"),
        _errors("portal:invitation", "letter", row="{letter_invitation}"),
        *(_errors(f"portal:{name}") for name in ("visas", "focal_points", "person_add", "people_table")),
        _at("portal:people_sheet", "refused rows", query="?rows=refused"),
        *(replace(edit, path=edit.path.replace("passport", name), state=name) for name in sections),
        _errors("portal:person_declarations"),
        _at("portal:held", "of a letter", "letter"),
        _errors("portal:held"),
        _errors("portal:code_ask"),
        _at("portal:code_enter", "wrong", act=fill_code),
        _errors("portal:code_choose", state="nobody chosen"),
        _at("letter:follow", "dead", row="nothing-of-ours", status=404),
    ]


def _accounts() -> list[Stop]:
    reset = "account_reset_password_from_key"
    return [
        _at("account_login", "wrong", act=login_wrong),
        _at("account_login", "forged", act=forge),
        _errors("account_reset_password"),
        Stop(reset, "/accounts/password/reset/key/1-wrong/", state="dead"),
        # Where the address of a mail leads on to.
        _at(reset, "alive", "resetting", row="set-password"),
        _errors(reset, "resetting", row="set-password"),
        _errors("account_change_password", "organiser"),
        _at("mfa_authenticate", "wrong", act=fill_code),
        _at("mfa_activate_totp", "wrong", act=fill_code),
        _at("mfa_index", "nothing yet", "organiser"),
    ]


def _desks() -> list[Stop]:
    home, check = "admin:index", "admin:delegations_badge_check"
    jobs = ("running", "cancelled", "withdrawn", "exported")
    return [
        *(_at(home, f"of {name}", name) for name in ("protocol", "press", "approver", "superuser")),
        *(_at("admin:jobs_job", name, row=f"{{job_{name}}}") for name in jobs),
        _at(home, "menu open", act=open_menus),
        _at(home, "all open", act=open_parts),
        _at("admin:search", "found", query="?q=france"),
        _errors("admin:setup", state="with errors"),
        _at("admin:summit_resume", "sends nothing", "superuser", row="came-here"),
        _at(home, "sends nothing", "superuser", query="?summit=came-here"),
        *(_errors(f"admin:setup_{name}", state="with errors") for name in ("venue", "parties")),
        _errors("admin:delegations_guest"),
        _at("admin:delegations_occasions", "all sessions", query=""),
        _errors("admin:delegations_occasions", state="nobody chosen"),
        _at("admin:outbox_message_change", "failed", row="{message_failed}"),
        _at("admin:webhooks_endpoint_change", "secret", act=make_secret),
        _errors("admin:webhooks_endpoint_add"),
        _at("admin:delegations_invitation_change", "waiting", row="{waiting_invitation}"),
        _errors("admin:delegations_invitation_answer"),
        _errors("admin:delegations_party_answer"),
        _at("admin:delegations_focalpointrequest_approve", "seems known", row="{focal_like}"),
        _errors("admin:delegations_focalpointrequest_refuse", row="{focal_like}"),
        _at("admin:delegations_focalpointrequest_change", "refused", row="{focal_refused}"),
        _at("admin:delegations_delegationimportfile_change", "looked at", "protocol"),
        _errors("admin:delegations_delegationimportfile_upload", "protocol"),
        _errors("admin:delegations_visaletter_refuse", row="{visa_asked}"),
        _at(check, "nothing typed", query=""),
        _at(check, "dead", query="?number={badge_dead}"),
        _at(check, "unknown", query="?number=nothing"),
        _at("admin:delegations_visaletter_change", "waiting", row="{visa_asked}"),
        _at("admin:agenda_session_change", "cancelled", row="{cancelled}"),
        _at("admin:agenda_session_speakers", "empty", row="{pk agenda.session}"),
        _at("portal:session", "floor", row="{plenary}"),
        _at("agenda:session", "cancelled", row="{cancelled_session}", status=410),
        _at("admin:delegations_party_history", "who saw it", query="?show=seen"),
        _at("admin:press_text_history", "corrected", row="{text_corrected}"),
    ]


def _public() -> list[Stop]:
    return [
        _at("summit:home", "menu open", act=open_menus),
        _at("agenda:agenda", "narrowed", query="?kind=plenary"),
        _at("agenda:agenda", "nothing found", query="?room=nowhere"),
        _at("agenda:agenda", "all open", act=open_parts),
        _at("dev:mail", "empty", query=NOTHING),
        _at("dev:mail", "found", query="?q=focal&page=1"),
        Stop("400", "/{summit}/press/", state="public", act=send_too_much),
        Stop("400", "/admin/summit/person/?user__password=x", "organiser", "desk", status=400),
        Stop("404", "/{summit}/nothing-here/", state="public", status=404),
        Stop("404", "/admin/press/text/987654/change/", "press", "desk", status=404),
        Stop("404", "/portal/nothing-here/", "focal", "portal", status=404),
        Stop("429", "/accounts/password/reset/", state="new passwords", act=reset_too_often),
        Stop("429", "/portal/sign-in/", state="codes", act=ask_too_often),
        Stop("500", "/fault/", "unlucky", "a fault of ours", status=500),
    ]


def states() -> list[Stop]:
    return [*_lists(), *_forms(), *_press(), *_portal(), *_accounts(), *_desks(), *_public()]
