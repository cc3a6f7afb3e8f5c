"""The sections of a person's page in the admin. They depend on the user's permissions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from delegations.badges.models.badges import Badge
from delegations.badges.permissions import can_issue_badges
from delegations.liaison.models import LiaisonOfficer
from delegations.members.models.duplicates import DuplicateCandidate
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import FormerMember, Membership
from delegations.members.person_field_groups import (
    NEEDS,
    PASSPORT,
    PHOTO,
    TRAVEL,
    FieldGroup,
    FieldReader,
    filled,
    label,
    particulars_of,
)
from delegations.parties.models.parties import ExternalId
from delegations.parties.selectors import party_names
from delegations.parties.selectors.party_names import NamedParty
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import RULES, allows
from summit.templatetags.moments import day_clock
from summit.users.models import User


@dataclass
class Section:
    """A section of a person's page: lines as (name, value), a note, and buttons as (URL, label)."""

    title: str
    lines: list[tuple[str, Any]] = field(default_factory=list)
    note: str = ""
    buttons: list[tuple[str, str]] = field(default_factory=list)


def shown_fields(request: HttpRequest, person: Person) -> tuple[str, ...]:
    """Return the names of the fields in groups whose values the page shows: needs and travel.

    Only fields with a value that the user may see are returned. Passport and photograph have pages of their own.
    """
    if not isinstance(request.user, User):
        return ()
    may = FieldReader(request.user).visible(person) & filled(person)
    return tuple(name for name in (*NEEDS.fields, *TRAVEL.fields) if name in may)


def sections(request: HttpRequest, person: Person) -> list[Section]:
    """Return the sections of a person's page that the user may see. The number of queries is constant."""
    found = [
        _party(request, person),
        *(_group(request, person, group) for group in (PASSPORT, TRAVEL, NEEDS, PHOTO)),
        _badges(request, person),
        _keys(request, person),
        _account(request, person),
        _duplicates(request, person),
    ]
    return [section for section in found if section is not None]


def _party(request: HttpRequest, person: Person) -> Section | None:
    if not allows(request.user, "delegations.membership.view", person.summit):
        return None
    section = Section(_("Delegation"))
    row = Membership.objects.filter(person=person).select_related("party", "category").first()
    if row is None:
        section.note = _("Not a member of any delegation.")
    else:
        section.lines = [
            (_("Member of"), party_names.to_reader(row.party).name),
            (capfirst(_("category")), str(row.category)),
            (capfirst(_("named on")), day_clock(row.created_at, person.summit)),
        ]
        url = reverse("admin:delegations_party_detail", args=[row.party_id])
        section.buttons = [(url, _("Show the delegation"))]
    points = list(FocalPoint.objects.filter(person=person))
    formers = list(FormerMember.objects.filter(person=person).select_related("successor"))
    names = party_names.to_readers([*(row.party_id for row in points), *(row.party_id for row in formers)])
    for point in points:
        section.lines.append((capfirst(_("focal point")), _party_link(point.party_id, names)))
    officer = LiaisonOfficer.objects.filter(person=person).prefetch_related("parties").first()
    if officer is not None:
        served = party_names.to_readers(served.pk for served in officer.parties.all())
        value = format_html_join(comma(), "{}", ((_party_link(key, served),) for key in served)) or _("no one yet")
        section.lines.append((_("Liaison officer of"), value))
    for former in formers:
        text = _("%(party)s, until %(moment)s (%(why)s)") % {
            "party": names[former.party_id].name,
            "moment": day_clock(former.ended_at, person.summit),
            "why": former.get_why_display(),
        }
        section.lines.append((_("Former member of"), text))
    return section


def _party_link(key: int, names: Mapping[int, NamedParty]) -> SafeString:
    """Return a party's name as a link to its page. `names` has the names by primary key."""
    return format_html('<a href="{}">{}</a>', reverse("admin:delegations_party_detail", args=[key]), names[key].name)


def _group_labels(group: FieldGroup) -> tuple[str, str, str]:
    """Return a group's title, its button's label if something is entered, and the label if nothing is."""
    return {
        PASSPORT: (_("Passport"), _("Show passport data"), _("Enter passport data")),
        TRAVEL: (_("Travel"), _("Show travel details"), _("Enter travel details")),
        NEEDS: (_("Needs"), _("Show needs"), _("Enter needs")),
        PHOTO: (_("Photograph"), _("Show photograph"), _("Upload photograph")),
    }[group]


def _group(request: HttpRequest, person: Person, group: FieldGroup) -> Section:
    title, show_label, create_label = _group_labels(group)
    entered = filled(person) & set(group.fields)
    section = Section(title)
    if not allows(request.user, group.view, person.summit):
        # Everybody who sees the person may learn that a value is entered.
        section.note = _("Recorded.") if entered else _("Nothing recorded.")
        section.note += " " + _("Can be viewed and changed by: %(roles)s.") % {"roles": RULES[group.view].names()}
        return section
    url = reverse(f"admin:summit_person_{group.name}", args=[person.pk])
    section.buttons = [(url, show_label if entered else create_label)]
    if group in (PASSPORT, PHOTO):
        section.note = _("Recorded. Every view is logged.") if entered else _("Nothing recorded.")
        return section
    row = particulars_of(person)
    section.lines = [
        (capfirst(label(name)), _display_value(getattr(row, name), person))
        for name in group.fields
        if name in entered
    ]
    section.note = "" if entered else _("Nothing recorded.")
    return section


def _display_value(value: Any, person: Person) -> Any:
    return day_clock(value, person.summit) if hasattr(value, "tzinfo") else value


def _badges(request: HttpRequest, person: Person) -> Section | None:
    if not allows(request.user, "delegations.badge.view", person.summit):
        return None
    rows = list(Badge.objects.filter(person=person).order_by("-pk"))
    section = Section(_("Badges"), note="" if rows else _("No badge issued."))
    for row in rows:
        if row.ended_at is None:
            state = pgettext("badge", "valid since %(moment)s") % {"moment": day_clock(row.issued_at, person.summit)}
        else:
            state = pgettext("badge", "cancelled on %(moment)s") % {"moment": day_clock(row.ended_at, person.summit)}
        section.lines.append((row.public_id, state))
    if rows:
        section.buttons.append((reverse("admin:delegations_badge_change", args=[rows[0].pk]), _("Open badge")))
    if can_issue_badges(request.user, person.summit) and hasattr(person, "membership"):
        live = next((row for row in rows if row.ended_at is None), None)
        if live is None:
            query = urlencode([("summit", person.summit.slug), ("member", person.membership.pk)])
            section.buttons.append((f"{reverse('admin:delegations_badge_issue')}?{query}", _("Issue badge")))
        else:
            section.buttons.append((f"{reverse('admin:delegations_badge_paper')}?row={live.pk}", _("Print badge")))
    return section


def _keys(request: HttpRequest, person: Person) -> Section | None:
    rows = ExternalId.objects.filter(person=person).order_by("system")
    lines: list[tuple[str, Any]] = [(row.system, row.value) for row in rows]
    return Section(_("External IDs"), lines) if lines else None


def _account(request: HttpRequest, person: Person) -> Section | None:
    if not allows(request.user, "delegations.give_account", person.summit):
        return None
    verb, button = ("take_accounts", _("Remove account")) if person.user_id else ("accounts", _("Create account"))
    note = _("Can sign in to the portal.") if person.user_id else _("Has no portal account.")
    url = f"{reverse(f'admin:summit_person_{verb}')}?row={person.pk}"
    return Section(_("Account"), note=note, buttons=[(url, button)])


def _duplicates(request: HttpRequest, person: Person) -> Section | None:
    if not allows(request.user, "delegations.duplicatecandidate.view", person.summit):
        return None
    rows = DuplicateCandidate.objects.filter(person=person, decided_at__isnull=True).select_related("other")
    lines: list[tuple[str, Any]] = [(row.other.label, row.get_why_display()) for row in rows]
    if not lines:
        return None
    number = len(lines)
    note = ngettext("Possible duplicate of:", "Possible duplicate of one of:", number)
    url = f"{reverse('admin:delegations_duplicatecandidate_changelist')}"
    return Section(_("Possible duplicates"), lines, note, [(url, _("Show possible duplicates"))])
