"""The contents of the handbook: its tasks, who does each, and the pages from which "Help" leads to it.

A task's words are in `pages/en/<slug>.md` and `pages/fr/<slug>.md`. The walk of the same name in
tests/browser/handbook/ follows its steps, and `make shots` takes its pictures on the way (docs/decisions/0076).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Reader(models.TextChoices):
    """A role for which the handbook lists tasks."""

    ORGANISER = "organiser", _("Organiser")
    PROTOCOL = "protocol", _("Protocol")
    PROGRAMME = "programme", _("Programme")
    ACCREDITATION = "accreditation", _("Accreditation")
    VETTING = "vetting", _("Vetting")
    CONFERENCE = "conference", _("Conference officer")
    PRESS = "press", _("Press officer and approver")
    FOCAL_POINT = "focal-point", _("Focal point")
    DELEGATE = "delegate", _("Delegate")
    LIAISON = "liaison", _("Liaison officer")
    MEDIA = "media", _("Media")
    VIEWER = "viewer", _("Viewer")


@dataclass(frozen=True)
class Task:
    """A task of one role.

    `about` names the routes of the pages that the task is about, such as "admin:delegations_party_changelist".
    """

    slug: str
    reader: Reader
    about: tuple[str, ...] = ()


_PARTY, _SESSION, _TEXT = "admin:delegations_party_", "admin:agenda_session_", "admin:press_text_"

# In the order in which one does them.
TASKS: tuple[Task, ...] = (
    Task(
        "set-up-a-summit",
        Reader.ORGANISER,
        ("admin:setup", "admin:setup_venue", "admin:setup_parties", "admin:setup_letter", "admin:summit_summit_add"),
    ),
    Task("add-colleagues", Reader.ORGANISER, ("admin:setup_team", "admin:summit_roleassignment_changelist")),
    Task("link-a-sign-in", Reader.ORGANISER, ("admin:summit_user_single_sign_on",)),
    Task(
        "give-roles-by-group",
        Reader.ORGANISER,
        ("admin:summit_grouprole_add", "admin:summit_grouprole_changelist"),
    ),
    Task(
        "keep-an-emergency-account",
        Reader.ORGANISER,
        tuple(f"admin:summit_identityprovider_{page}" for page in ("add", "change", "changelist")),
    ),
    Task("change-a-quota", Reader.ORGANISER, (f"{_PARTY}quotas", "admin:delegations_quota_changelist")),
    Task("send-invitations", Reader.PROTOCOL, (f"{_PARTY}invite", "admin:delegations_invitation_sent")),
    Task(
        "record-an-answer",
        Reader.PROTOCOL,
        ("admin:delegations_invitation_answer", "admin:delegations_invitation_changelist"),
    ),
    Task(
        "assign-a-liaison-officer",
        Reader.PROTOCOL,
        (f"{_PARTY}liaison", "admin:delegations_liaisonofficer_changelist"),
    ),
    Task(
        "give-a-delegation-a-provider",
        Reader.PROTOCOL,
        (
            *(f"admin:delegations_partyprovider_{page}" for page in ("add", "change", "changelist", "delete")),
            "admin:delegations_portalsubject_changelist",
            "admin:delegations_portalsubject_change",
        ),
    ),
    Task("plan-a-session", Reader.PROGRAMME, (f"{_SESSION}add", f"{_SESSION}changelist")),
    Task("move-a-session", Reader.PROGRAMME, (f"{_SESSION}edit",)),
    Task("plan-on-the-board", Reader.PROGRAMME, (f"{_SESSION}board",)),
    Task("settle-conflicts", Reader.PROGRAMME, ("admin:agenda_release_warnings", "admin:agenda_conflict_policies")),
    Task("order-the-speakers", Reader.PROGRAMME, (f"{_SESSION}speakers", f"{_SESSION}line_up")),
    Task("open-a-session-for-sign-up", Reader.PROGRAMME, ("admin:agenda_signup_open",)),
    Task(
        "screen-a-bilateral",
        Reader.PROGRAMME,
        ("admin:agenda_bilateral_changelist", "admin:agenda_bilateral_policy"),
    ),
    Task("place-a-bilateral", Reader.PROGRAMME, ("admin:agenda_bilateral_change", "admin:agenda_bilateral_place")),
    Task("release-the-agenda", Reader.PROGRAMME, ("admin:agenda_release_prepare", "admin:agenda_release_changelist")),
    Task("run-a-waiting-list", Reader.PROGRAMME, (f"{_SESSION}sign_ups", "admin:agenda_signup_changelist")),
    Task("cancel-a-session", Reader.PROGRAMME, (f"{_SESSION}detail",)),
    Task("set-up-a-screen", Reader.PROGRAMME, ("admin:agenda_screen_changelist", "admin:agenda_screen_add")),
    Task("confirm-people", Reader.ACCREDITATION, (f"{_PARTY}detail", "admin:delegations_membership_changelist")),
    Task(
        "issue-badges", Reader.ACCREDITATION, ("admin:delegations_badge_issue", "admin:delegations_badge_changelist")
    ),
    Task("enter-a-passport", Reader.VETTING, ("admin:summit_person_passport",)),
    Task(
        "decide-on-a-declaration",
        Reader.VETTING,
        ("admin:delegations_declaration_changelist", "admin:delegations_declaration_change"),
    ),
    Task("approve-a-data-export", Reader.VETTING, ("admin:summit_person_agree_hand_over",)),
    Task("tick-presence", Reader.CONFERENCE, (f"{_SESSION}presence", f"{_SESSION}presence_day")),
    Task("record-a-representative", Reader.CONFERENCE, (f"{_SESSION}representation",)),
    Task("run-the-speakers-list", Reader.CONFERENCE, (f"{_SESSION}speaking",)),
    Task("announce-a-delay", Reader.CONFERENCE, (f"{_SESSION}day",)),
    Task("give-new-times", Reader.CONFERENCE, (f"{_SESSION}retime", "admin:agenda_retiming_changelist")),
    Task("split-a-session", Reader.CONFERENCE),
    Task("telephone-the-unreached", Reader.CONFERENCE, (f"{_SESSION}unreached",)),
    Task("write-a-text", Reader.PRESS, (f"{_TEXT}add", f"{_TEXT}change", f"{_TEXT}changelist")),
    Task("approve-an-edition", Reader.PRESS, (f"{_TEXT}detail", f"{_TEXT}compare")),
    Task("schedule-a-text", Reader.PRESS, (f"{_TEXT}embargoes", f"{_TEXT}run")),
    Task("check-against-delivery", Reader.PRESS, (f"{_TEXT}marking",)),
    Task("withdraw-a-text", Reader.PRESS),
    Task("answer-an-invitation", Reader.FOCAL_POINT, ("portal:invitation",)),
    Task("name-your-delegation", Reader.FOCAL_POINT, ("portal:delegation", "portal:people", "portal:person_add")),
    Task("replace-a-person", Reader.FOCAL_POINT, ("portal:person", "portal:person_replace")),
    Task("declare-an-item", Reader.FOCAL_POINT, ("portal:declarations", "portal:person_declarations")),
    Task("ask-for-a-bilateral", Reader.FOCAL_POINT, ("portal:bilaterals", "portal:bilateral_ask")),
    Task("answer-a-bilateral", Reader.FOCAL_POINT, ("portal:bilateral_accept", "portal:bilateral_propose")),
    Task("sign-in-with-a-code", Reader.DELEGATE, ("portal:code_ask", "portal:code_enter", "portal:code_choose")),
    Task("read-your-agenda", Reader.DELEGATE, ("portal:home", "portal:agenda", "portal:changes")),
    Task("sign-up-for-a-session", Reader.DELEGATE, ("portal:session",)),
    Task("keep-your-calendar", Reader.DELEGATE, ("portal:calendars",)),
    Task("meet-a-delegation", Reader.LIAISON, ("portal:assisted",)),
    Task("accompany-a-delegation", Reader.LIAISON),
    Task("follow-the-texts", Reader.MEDIA, ("press:list", "press:subscribe", "press:subscription")),
    Task("quote-a-text", Reader.MEDIA, ("press:text", "press:language", "press:edition", "press:language-edition")),
    Task("follow-the-preparations", Reader.VIEWER),
    Task("find-anything", Reader.VIEWER, ("admin:search",)),
)
