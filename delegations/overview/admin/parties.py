"""The admin of parties, with their names, ids, focal points, members and invitations."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from delegations.contacts.admin import ContactInline, save_contacts
from delegations.contacts.models import Contact
from delegations.core import table_writers
from delegations.core.admin.list_tools import ToolsMixin
from delegations.focal_points.admin.inline import FocalPointInline, set_focal_points
from delegations.imports.models import TableKind
from delegations.invitations.admin.bounces import BackMixin
from delegations.invitations.admin.invite_parties import InvitingMixin
from delegations.invitations.admin.record_answer import PartyAnsweringMixin
from delegations.invitations.admin.state_column import state_word
from delegations.invitations.selectors import invitation_status
from delegations.members.admin.quotas import RoomFilter
from delegations.members.models.categories import Capacity
from delegations.members.models.focal_points import FocalPoint
from delegations.members.models.members import Membership
from delegations.members.selectors import former_members
from delegations.overview.admin import party_detail
from delegations.overview.admin.party_filters import AnswerFilter, AttendanceLevelFilter, GapFilter
from delegations.overview.admin.party_pages import PartyPages
from delegations.overview.selectors import party_exports
from delegations.overview.selectors.people_numbers import with_people
from delegations.parties.admin.group_filter import GroupFilter
from delegations.parties.admin.party_column import ReadsAsParty
from delegations.parties.admin.party_names import KeyInline, NameInline, filled
from delegations.parties.models.parties import Level, Party, PartyKind, PartyName
from delegations.parties.models.policy import Policy
from delegations.parties.party_display import line
from delegations.parties.selectors import footnotes, levels, party_names, regions
from delegations.parties.services import parties
from summit.admin_base import form_idempotency
from summit.admin_base.detail_pages import DetailPageMixin, Fact, Section, edited_section
from summit.admin_base.forms import SentencesForm
from summit.admin_base.list_tabs import ListTab, tabs_of
from summit.admin_base.messages import written
from summit.admin_base.model_admin import SummitModelAdmin
from summit.admin_base.summit_scope import chosen_summit, summits_of
from summit.audit.services import By
from summit.core.punctuation import comma
from summit.people.models import Person
from summit.permissions.rules import allows
from summit.templatetags.text_direction import own
from summit.users.models import User


class KindFilter(admin.SimpleListFilter):
    """Filters parties by kind. The kinds have the names that the current summit uses."""

    title = _("type")
    parameter_name = "kind__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
        """Return the kinds as choices, with the names that the current summit uses."""
        summit = chosen_summit(request, summits_of(request))
        says_country = summit is None or Policy.objects.of(summit).says_country
        return [(kind, party_names.kind_word(kind, says_country=says_country)) for kind in PartyKind.values]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Filter the list to parties of the chosen kind."""
        return queryset.filter(kind=self.value()) if self.value() in PartyKind.values else queryset


class PartyForm(SentencesForm):
    """A form for a party.

    The form of a stored party only offers the levels that fit its kind. The form of a new party offers all levels.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields.get("level")
        if field is not None and (self.instance.pk or self.is_bound):
            kind = self["kind"].value() if "kind" in self.fields else self.instance.kind
            fit = {"", self.instance.level, *levels.OFFERED.get(kind, ())}
            field.widget.choices = [choice for choice in field.choices if choice[0] in fit]

    def clean(self) -> dict[str, Any]:
        """Refuse a level that doesn't fit the kind of party, if either of them was changed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        # The form of a section has only one of the two.
        level, kind = (cleaned.get(name, getattr(self.instance, name)) for name in ("level", "kind"))
        unfit = levels.problem(level, kind)
        if unfit and {"kind", "level"} & set(self.changed_data):
            self.add_error("level" if "level" in self.fields else "kind", unfit)
        return cleaned


# The sections of a party's page. The change page has their fields in this order, and below them all inlines.
SECTIONS = (
    Section("names", _("Names"), ("name", "formal_name", "sort_key", "footnote"), (NameInline,)),
    Section(
        "kind",
        _("Type"),
        ("kind", "iso_code", "groups_word", "is_host", "recognised", "flag", "public_listing"),
    ),
    Section("invitation", _("Invitation"), ("level", "language", "salutation", "order_word")),
    Section(
        "mission",
        _("Mission"),
        ("mission_name", "mission_email", "mission_contact", "mission_phone", "mission_address"),
    ),
    Section("focal-points", _("Focal points"), (), (FocalPointInline,)),
    Section("contacts", _("Contacts"), (), (ContactInline,)),
    Section("notes", _("Notes"), ("notes",)),
    Section("external-ids", _("External IDs"), (), (KeyInline,)),
)


# Fields that only a stored party has.
OF_STORED = ("groups_word",)
SEE_MEMBERS = "delegations.membership.view"
# Columns for those who may see members.
OF_MEMBERS = ("head_word", "people")
# The request attribute that holds the footnotes of the list.
FOOTNOTES = "desk_footnotes"


@admin.register(Party)
class PartyAdmin(
    DetailPageMixin,
    ReadsAsParty,
    PartyPages,
    ToolsMixin,
    InvitingMixin,
    PartyAnsweringMixin,
    BackMixin,
    SummitModelAdmin,
):
    """The admin of parties, with a page for each that shows its answer, people, letters and open points."""

    form = PartyForm
    place = 1
    uploads = str(TableKind.PARTIES.value)
    upload_label = _("Upload delegations")
    list_display = ["party_line", "kind_word", "order_word", "answer_word", "level_word", "head_word", "people"]
    further_columns = ("formal_name", "iso_code", "level", "mission_name", "mailbox_word")
    totals = ("people",)
    phone_columns = ("answer_word", "people")
    list_filter = [
        "summit",
        AnswerFilter,
        AttendanceLevelFilter,
        GapFilter,
        RoomFilter,
        KindFilter,
        GroupFilter,
        "level",
    ]
    list_select_related = ["summit__policy"]
    search_fields = ["name", "formal_name", "sort_key", "iso_code", "mission_email"]
    inlines = [NameInline, FocalPointInline, ContactInline, KeyInline]
    actions = ["remind", "invite"]
    change_list_template = "admin/delegations/party/change_list.html"
    change_form_template = "admin/delegations/party/change_form.html"
    detail_template = "admin/delegations/party/detail.html"
    sections = SECTIONS
    page_shows = ("memberships", "focal_points", "mission_contact", "contacts")
    list_shows = ("memberships",)

    def party_of(self, row: Any) -> Party:
        """Return the row itself, because it is a party."""
        party: Party = row
        return party

    def table(self, rows: models.QuerySet[Any], by: By) -> table_writers.ExportedTable:
        """Return the table of these parties for an export."""
        return party_exports.parties(rows)

    def people_on_page(self, row: Any) -> Iterable[str]:
        """Return the public ids of the party's members, former members and focal points."""
        former = models.Q(pk__in=[each.person_id for each in former_members.of_party(row)])
        people = Person.objects.filter(models.Q(membership__party=row) | models.Q(focal_for__party=row) | former)
        return people.order_by("public_id").values_list("public_id", flat=True).distinct()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return parties with the state of their invitation and the number of their people.

        They are in the alphabetical order of the user's language.
        """
        rows = with_people(invitation_status.with_standing(super().get_queryset(request)))
        return party_names.in_order(rows, get_language() or "").prefetch_related("names")

    def get_list_display(self, request: HttpRequest) -> Any:
        """Return the columns. Users who may not see members don't get the head and the number of people."""
        columns = super().get_list_display(request)
        sees_members = allows(request.user, SEE_MEMBERS, None)
        return [name for name in columns if sees_members or name not in OF_MEMBERS]

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the alphabetical order of the user's language. Form fields in which a party is chosen use it too."""
        return [party_names.reader_key(get_language() or "").asc(), "pk"]

    def choice_labels(self, rows: Iterable[Any]) -> dict[Any, str]:
        """Return a dict from primary keys to the parties' names in the user's language. Makes one query."""
        return party_names.choice_labels(rows)

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """Return the changelist, with the footnotes of its parties in `footnotes`."""
        changelist: Any = super().get_changelist_instance(request)
        changelist.footnotes = request.__dict__.get(FOOTNOTES)
        return changelist

    def tabs(self, request: HttpRequest, changelist: Any) -> list[ListTab]:
        """Return a tab for each state of the answer. Makes one query."""
        summit = chosen_summit(request, summits_of(request))
        if summit is None:
            return []
        return tabs_of(changelist, AnswerFilter.parameter_name, invitation_status.numbers(summit))

    def people_in_list(self, rows: list[Any]) -> Iterable[str]:
        """Return the public ids of the heads that the list names."""
        return [row.head.public_id for row in rows]

    def log_access(self, by: User, rows: list[Any], filters: dict[str, str]) -> None:
        """Record the rows whose head the user `by` saw (`make_ready`)."""
        super().log_access(by, [row for row in rows if row.head is not None], filters)

    def make_ready(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Set each party's name, its HTML line and its head on the rows of a page, and number the footnotes.

        Makes one query for the heads, if the user sees them in the list.
        """
        heads = self._heads(request, rows) if "head_word" in self.get_list_display(request) else {}
        notes = request.__dict__[FOOTNOTES] = footnotes.Footnotes()
        for row in rows:
            policy = getattr(row.summit, "policy", None) or Policy(summit=row.summit)
            row.says_country = policy.says_country
            row.named = party_names.named(row, policy=policy, language=get_language() or "")
            row.line = line(row.named, notes)
            row.head = heads.get(row.pk)

    def _heads(self, request: HttpRequest, rows: Sequence[Any]) -> dict[int, Person]:
        summits = {row.summit_id: row.summit for row in rows}
        seen = [key for key, summit in summits.items() if allows(request.user, SEE_MEMBERS, summit)]
        # Keys, because a queryset as a subquery would rename the aliases in its own order.
        keys = [row.pk for row in rows]
        members = Membership.objects.filter(party__in=keys, party__summit__in=seen, capacity=Capacity.HEAD)
        return {row.party_id: row.person for row in members.select_related("person").order_by("pk")}

    def printed_notes(self, rows: Sequence[Any]) -> list[str]:
        """Return the footnotes of the parties, each after the party's name."""
        return footnotes.printed(row.named for row in rows)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields of the section that is edited, or all fields in groups.

        A new party doesn't have the fields in OF_STORED.
        """
        if edited_section(request) is not None:
            return super().get_fieldsets(request, obj)
        groups = [(None, ("summit",)), *((section.title, section.fields) for section in SECTIONS if section.fields)]
        return [
            (title, {"fields": [name for name in fields if obj is not None or name not in OF_STORED]})
            for title, fields in groups
        ]

    def facts(self, request: HttpRequest, row: Any, section: Section) -> Iterator[Fact]:
        """Yield the fields of a section, its names in other languages or ids in other systems."""
        yield from super().facts(request, row, section)
        if NameInline in section.inlines:
            languages = dict(settings.LANGUAGES)
            for name in row.names.all():
                yield Fact(languages[name.language], comma().join(filter(None, (name.name, name.formal_name))))
        if KeyInline in section.inlines:
            for key in row.external_ids.order_by("system"):
                yield Fact(key.system, key.value)

    def detail_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """Return the variables of a party's page: its name as a line, its kind, and where it stands."""
        self.make_ready(request, [row])
        return {"line": row.line, "kind": capfirst(self.kind_word(row)), **party_detail.context(request, row)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the read-only fields. The summit of a stored party can't be changed."""
        return ["order_word", "groups_word", *(["summit"] if obj else [])]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form class. Its kinds of party have the names that the summit uses."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        field = form.base_fields.get("kind")
        summit = obj.summit if obj is not None else chosen_summit(request, summits_of(request))
        if summit is not None and field is not None:
            says_country = Policy.objects.of(summit).says_country
            field.choices = [
                (kind, party_names.kind_word(kind, says_country=says_country)) for kind in PartyKind.values
            ]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Create the party, or store only its changed fields."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        values = {name: value for name, value in form.cleaned_data.items() if name in parties.FIELDS}
        if change:
            changed = {name: value for name, value in values.items() if name in form.changed_data}
            parties.change(party=obj, values=changed, by=request.user)
            return
        form_idempotency.claim(request)
        created = parties.create(summit=obj.summit, values=values, by=request.user)
        for name, value in vars(created).items():
            setattr(obj, name, value)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Replace the party's stored names, ids, contacts or focal points with those of the formset."""
        assert isinstance(request.user, User)  # noqa: S101 - the admin has signed them in
        if formset.model is FocalPoint:
            set_focal_points(request, form.instance, formset)
            return
        if formset.model is Contact:
            save_contacts(request, form.instance, formset)
            return
        formset.new_objects = formset.changed_objects = formset.deleted_objects = []
        rows = filled(formset)
        if formset.model is PartyName:
            names = {row["language"]: {name: row[name] for name in parties.NAME_FIELDS} for row in rows}
            parties.set_names(party=form.instance, names=names, by=request.user)
        else:
            keys = {row["system"]: row["value"] for row in rows}
            parties.set_keys(party=form.instance, keys=keys, by=request.user)

    @admin.display(description=_("delegation"), ordering="reader_key")
    def party_line(self, row: Any) -> SafeString:
        """Show the party's flag, its name and the mark of its footnote."""
        found: SafeString = row.line
        return found

    @admin.display(description=_("type"), ordering="kind")
    def kind_word(self, row: Any) -> str:
        """Show the kind of party, with the name that the summit uses."""
        return party_names.kind_word(row.kind, says_country=row.says_country)

    @written
    @admin.display(description=_("groups"))
    def groups_word(self, row: Any) -> str:
        """Show the groups that the party belongs to."""
        return comma().join(map(str, regions.groups_of(row))) or "–"

    @admin.display(description=_("protocol order"), ordering=models.F("protocol_order").asc(nulls_last=True))
    def order_word(self, row: Any) -> int | str:
        """Show the party's place in the protocol order."""
        place: int | None = row.protocol_order
        return "–" if place is None else place

    @admin.display(description=_("mission email address"), ordering="mission_email")
    def mailbox_word(self, row: Any) -> SafeString | str:
        """Show the mailbox of the party's mission, which may break into two lines after its @."""
        local_part, at_sign, domain = row.mission_email.partition("@")
        return (
            format_html('<bdi dir="ltr" translate="no">{}{}<wbr>{}</bdi>', local_part, at_sign, domain)
            if at_sign
            else "–"
        )

    @written
    @admin.display(description=_("level of attendance"), ordering="comes_at")
    def level_word(self, row: Any) -> str:
        """Show the level at which the party answered that it comes."""
        return str(Level(row.comes_at).label) if row.comes_at else "–"

    @admin.display(description=Capacity.HEAD.label)
    def head_word(self, row: Any) -> SafeString | str:
        """Show the name and office of the party's head."""
        return own(row.head.label, "") if row.head else "–"

    @admin.display(description=_("people"), ordering="people_number")
    def people(self, row: Any) -> int:
        """Show the number of the party's members."""
        found: int = row.people_number
        return found

    @admin.display(description=_("answer"))
    def answer_word(self, row: Any) -> SafeString | str:
        """Show the state of the party's invitation, or “host” for the host."""
        if row.pk is None:
            return "–"
        return gettext("host") if row.is_host else state_word(row.standing, row.replied)
