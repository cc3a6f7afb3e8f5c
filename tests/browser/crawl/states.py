"""States of pages that are worth a stop of their own: full and empty, with errors, with what is open, withdrawn."""

from tests.browser.crawl.acts import (
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
from tests.browser.crawl.stops import Stop

SUMMIT = "/{summit}"
ADMIN = "/admin"
# Where the address of a mail leads on to.
RESET = "/accounts/password/reset/key/{uidb36}-set-password/"


def _text(name: str, reader: str = "press") -> Stop:
    return Stop("admin:press_text_change", f"{ADMIN}/press/text/{{text_{name}}}/change/", reader, name)


LISTS = {
    "organiser": ("delegations/party", "delegations/invitation", "programme/session", "summit/person",
                  "outbox/message", "summit/user", "delegations/invitationlink"),
    "press": ("press/text",),
}  # fmt: skip
FORMS = {
    "organiser": ("delegations/party", "programme/session", "summit/person", "summit/venue"),
    "press": ("press/text",),
    "superuser": ("summit/summit", "summit/roleassignment", "summit/user"),
}


def _route(model: str, what: str) -> str:
    return f"admin:{model.replace('/', '_')}_{what}"


def _lists() -> list[Stop]:
    party, person = (f"admin:{model}_changelist" for model in ("delegations_party", "summit_person"))
    return [
        *(
            Stop(_route(model, "changelist"), f"{ADMIN}/{model}/", reader, "all open", act=open_parts)
            for reader, models in LISTS.items()
            for model in models
        ),
        Stop("admin:summit_user_changelist", f"{ADMIN}/summit/user/?_to_field=id&_popup=1", "organiser", "to choose"),
        Stop(party, f"{ADMIN}/delegations/party/?q=nothing-is-called-so", "organiser", "nothing found"),
        Stop(party, f"{ADMIN}/delegations/party/?o=1.-2", "organiser", "sorted"),
        Stop(party, f"{ADMIN}/delegations/party/", "organiser", "chosen", act=choose_all),
        Stop(person, f"{ADMIN}/summit/person/?q=a&p=2", "organiser", "second page"),
    ]


def _forms() -> list[Stop]:
    party = f"{ADMIN}/delegations/party/{{pk delegations.party}}/change/"
    return [
        *(
            Stop(_route(model, "add"), f"{ADMIN}/{model}/add/", reader, "with errors", act=send_empty)
            for reader, models in FORMS.items()
            for model in models
        ),
        Stop("admin:delegations_party_change", party, "organiser", "with errors", act=send_empty),
    ]


def _press() -> list[Stop]:
    found = [
        _text(name)
        for name in ("draft", "review", "changes", "approved", "embargo", "held", "public", "withdrawn", "speech",
                     "never", "corrected")
    ]  # fmt: skip
    found += [_text("review", "approver"), _text("public", "organiser")]
    found.append(
        Stop(
            "admin:press_text_change", f"{ADMIN}/press/text/{{text_draft}}/change/", "press", "errors", act=send_empty
        )
    )
    found += [
        Stop(f"admin:press_text_{name}", f"{ADMIN}/press/text/{name}/?summit={{summit}}&{query}", "press", state)
        for name, query, state in (
            ("run", "day=2025-03-31", "on a day of the summit"),
            ("run", "day=2025-02-11", "empty"),
            ("embargoes", "month=2025-10", "in a month"),
        )
    ]
    found += [
        Stop(
            f"admin:press_text_{name}",
            f"{ADMIN}/press/text/{path}",
            "press",
            "words of a file, unsaved",
            act=take_words,
        )
        for name, path in (("add", "add/?summit={summit}"), ("change", "{text_draft}/change/"))
    ]
    versions = f"{ADMIN}/press/text/{{text_public}}/change/?version="
    found += [Stop("admin:press_text_change", f"{versions}{code}", "press", f"in {code}") for code in ("ar", "fr")]
    press = f"{SUMMIT}/press/"
    found += [
        Stop("press:text", f"{press}statement-withdrawn/", state="withdrawn"),
        Stop("press:text", f"{press}statement-corrected/", state="corrected"),
        Stop("press:language", f"{press}statement-public/ar/", state="in Arabic"),
        Stop("press:list", f"{press}?kind=transcript", state="empty"),
        Stop("press:list", f"{press}?q=statement&kind=statement&since=2020-01-01", state="found"),
        Stop("press:list", f"{press}?q=statment", state="guessed"),
        Stop("press:list", press, state="address missing", act=send_empty),
        Stop("press:subscription", f"{press}subscription/{{confirmation}}/", state="to confirm"),
        Stop("press:subscription", f"{press}subscription/end-wrong-token/", state="dead", status=404),
    ]
    return found


def _portal() -> list[Stop]:
    return [
        Stop("portal:home", "/portal/", "delegate", "delegate"),
        Stop("portal:home", "/portal/", "letter", "letter"),
        Stop("portal:home", "/portal/", "organiser", "of a desk", status=403),
        Stop("portal:agenda", "/portal/agenda/?show=all", "focal", "all"),
        Stop("portal:agenda", "/portal/agenda/?kind=plenary", "focal", "narrowed"),
        Stop("portal:agenda", "/portal/agenda/", "letter", "of a letter"),
        Stop("portal:changes", "/portal/changes/?show=all", "focal", "all"),
        Stop("portal:changes", "/portal/changes/", "letter", "of a letter"),
        Stop("portal:invitation", "/portal/invitation/{invitation}/?change=1", "focal", "to change"),
        Stop("portal:invitation", "/portal/invitation/{letter_invitation}/", "letter", "to answer"),
        Stop("portal:invitation", "/portal/invitation/{letter_invitation}/", "letter", "errors", act=send_empty),
        Stop("portal:visas", "/portal/delegation/{desk_party}/visas/", "focal", "errors", act=send_empty),
        Stop("portal:focal_points", "/portal/delegation/{desk_party}/focal-points/", "focal", "errors",
             act=send_empty),
        Stop("portal:person_add", "/portal/delegation/{desk_party}/people/add/", "focal", "errors", act=send_empty),
        Stop("portal:people_table", "/portal/delegation/{desk_party}/people/table/", "focal", "errors",
             act=send_empty),
        Stop("portal:people_sheet", "/portal/delegation/{desk_party}/people/table/{desk_sheet}/?rows=refused",
             "focal", "refused rows"),
        *(
            Stop("portal:person_edit", f"/portal/delegation/{{desk_party}}/people/{{desk_person}}/edit/{section}/",
                 "focal", section)
            for section in ("name", "category", "badge", "needs", "travel", "photo")
        ),
        Stop("portal:person_declarations", "/portal/delegation/{desk_party}/people/{desk_person}/declarations/",
             "focal", "errors", act=send_empty),
        Stop("portal:held", "/portal/held/", "letter", "of a letter"),
        Stop("portal:held", "/portal/held/", "focal", "errors", act=send_empty),
        Stop("portal:browsers", "/portal/browsers/", "letter", "of a letter"),
        Stop("portal:calendars", "/portal/calendars/", "letter", "of a letter"),
        Stop("portal:code_ask", "/portal/sign-in/", state="errors", act=send_empty),
        Stop("portal:code_enter", "/portal/sign-in/code/", "asked", "wrong", act=fill_code),
        Stop("portal:code_choose", "/portal/sign-in/person/", "choosing", "nobody chosen", act=send_empty),
        Stop("letter:follow", "/i/nothing-of-ours/", state="dead", status=404),
    ]  # fmt: skip


def _accounts() -> list[Stop]:
    return [
        Stop("account_login", "/accounts/login/", state="wrong", act=login_wrong),
        Stop("account_login", "/accounts/login/", state="forged", act=forge),
        Stop("account_reset_password", "/accounts/password/reset/", state="errors", act=send_empty),
        Stop("account_reset_password_from_key", "/accounts/password/reset/key/1-wrong/", state="dead"),
        Stop("account_reset_password_from_key", RESET, "resetting", "alive"),
        Stop("account_reset_password_from_key", RESET, "resetting", "errors", act=send_empty),
        Stop("account_change_password", "/accounts/password/change/", "organiser", "errors", act=send_empty),
        Stop("mfa_authenticate", "/accounts/2fa/authenticate/", "half", "wrong", act=fill_code),
        Stop("mfa_activate_totp", "/accounts/2fa/totp/activate/", "newcomer", "wrong", act=fill_code),
        Stop("mfa_index", "/accounts/2fa/", "organiser", "nothing yet"),
    ]


def _desks() -> list[Stop]:
    homes = [
        Stop("admin:index", "/admin/", name, f"of {name}") for name in ("protocol", "press", "approver", "superuser")
    ]
    jobs = [
        Stop("admin:work_job", f"/admin/work/{{job_{name}}}/", "organiser", name)
        for name in ("running", "cancelled", "withdrawn", "exported")
    ]
    return [
        *homes,
        *jobs,
        Stop("admin:index", "/admin/", "organiser", "menu open", act=open_menus),
        Stop("admin:index", "/admin/", "organiser", "all open", act=open_parts),
        Stop("admin:search", "/admin/search/?q=france", "organiser", "found"),
        Stop("admin:search", "/admin/search/?q=nothing-is-called-so", "organiser", "nothing found"),
        Stop("admin:setup", "/admin/setup/", "superuser", "with errors", act=send_empty),
        Stop("admin:summit_arm", "/admin/summit/arm/came-here/", "superuser", "sends nothing"),
        Stop("admin:index", "/admin/?summit=came-here", "superuser", "sends nothing"),
        Stop("admin:setup_venue", "/admin/setup/{summit}/venue/", "organiser", "with errors", act=send_empty),
        Stop("admin:setup_parties", "/admin/setup/{summit}/parties/", "organiser", "with errors", act=send_empty),
        Stop("admin:delegations_guest", "/admin/delegations/guest/{summit}/", "organiser", "errors", act=send_empty),
        Stop("admin:delegations_occasions", "/admin/delegations/session/{summit}/", "organiser", "all sessions"),
        Stop("admin:delegations_occasions", "/admin/delegations/session/{summit}/?session={session}", "organiser",
             "nobody chosen", act=send_empty),
        Stop("admin:outbox_message_change", "/admin/outbox/message/{message_failed}/change/", "organiser", "failed"),
        Stop("admin:hooks_endpoint_change", "/admin/hooks/endpoint/{pk hooks.endpoint}/change/", "organiser",
             "secret", act=make_secret),
        Stop("admin:hooks_endpoint_add", "/admin/hooks/endpoint/add/", "organiser", "errors", act=send_empty),
        Stop("admin:delegations_invitation_change", "/admin/delegations/invitation/{waiting_invitation}/change/",
             "organiser", "waiting"),
        Stop("admin:delegations_invitation_answer", "/admin/delegations/invitation/{waiting_invitation}/answer/",
             "organiser", "errors", act=send_empty),
        Stop("admin:delegations_focalpointrequest_approve",
             "/admin/delegations/focalpointrequest/{focal_like}/approve/", "organiser", "seems known"),
        Stop("admin:delegations_focalpointrequest_refuse",
             "/admin/delegations/focalpointrequest/{focal_like}/refuse/", "organiser", "errors", act=send_empty),
        Stop("admin:delegations_focalpointrequest_change",
             "/admin/delegations/focalpointrequest/{focal_refused}/change/", "organiser", "refused"),
        Stop("admin:delegations_sheet_change", "/admin/delegations/sheet/{pk delegations.sheet}/change/", "protocol",
             "looked at"),
        Stop("admin:delegations_sheet_upload", "/admin/delegations/sheet/upload/", "protocol", "errors",
             act=send_empty),
        Stop("admin:programme_schedulefile_upload", "/admin/programme/schedulefile/upload/", "organiser", "errors",
             act=send_empty),
        Stop("admin:delegations_visaletter_refuse", "/admin/delegations/visaletter/{visa_asked}/refuse/",
             "organiser", "errors", act=send_empty),
        Stop("admin:delegations_badge_check", "/admin/delegations/badge/check/", "organiser", "nothing typed"),
        Stop("admin:delegations_badge_check", "/admin/delegations/badge/check/?number={badge_dead}", "organiser",
             "dead"),
        Stop("admin:delegations_badge_check", "/admin/delegations/badge/check/?number=nothing", "organiser",
             "unknown"),
        Stop("admin:delegations_handover_decide",
             "/admin/delegations/handover/{pk delegations.handover}/decide/?do=drop", "organiser", "to drop"),
        Stop("admin:delegations_badge_end", "/admin/delegations/badge/end/?row={pk delegations.badge}", "organiser",
             "errors", act=send_empty),
        Stop("admin:delegations_visaletter_change", "/admin/delegations/visaletter/{visa_asked}/change/",
             "organiser", "waiting"),
        Stop("admin:programme_session_change", "/admin/programme/session/{cancelled}/change/", "organiser",
             "cancelled"),
        Stop("admin:programme_session_speakers", "/admin/programme/session/{pk sessions.session}/speakers/",
             "organiser", "empty"),
        Stop("portal:session", "/portal/agenda/{plenary}/", "focal", "floor"),
        Stop("agenda:session", "/{summit}/agenda/{cancelled_session}/", "anybody", "cancelled", status=410),
        Stop("admin:delegations_party_history", "/admin/delegations/party/{pk delegations.party}/history/?show=seen",
             "organiser", "who saw it"),
        Stop("admin:press_text_history", "/admin/press/text/{text_corrected}/history/", "organiser", "corrected"),
    ]  # fmt: skip


def _public() -> list[Stop]:
    return [
        Stop("summit:home", "/{summit}/", state="menu open", act=open_menus),
        Stop("agenda:agenda", f"{SUMMIT}/agenda/?kind=plenary", state="narrowed"),
        Stop("agenda:agenda", f"{SUMMIT}/agenda/?room=nowhere", state="nothing found"),
        Stop("agenda:agenda", f"{SUMMIT}/agenda/", state="all open", act=open_parts),
        Stop("dev:mail", "/dev/mail/?q=nothing-is-called-so", state="empty"),
        Stop("dev:mail", "/dev/mail/?q=focal&page=1", state="found"),
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
    """Return all of them."""
    return [*_lists(), *_forms(), *_press(), *_portal(), *_accounts(), *_desks(), *_public()]
