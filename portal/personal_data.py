"""A person's own view of their personal data: each field, who else sees it, how long it is stored, and its source.

The data comes from the same portions as the export that an organiser hands over (summit.privacy.registry). Who sees
it and how long it is kept follow from the declarations of the columns (summit.core.personal_data). A test ensures
that ORDER has all portions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from delegations.badges.models.badges import Badge
from delegations.badges.selectors import badges
from delegations.members.models.members import FormerMember
from delegations.members.models.particulars import Particulars
from delegations.members.person_field_groups import (
    NEEDS,
    PASSPORT,
    PERSON,
    TRAVEL,
    FieldGroup,
    particulars_of,
    photo_of,
)
from delegations.membership_changes import handover_items
from delegations.membership_changes.models import Handover
from delegations.parties import nationality_choices
from delegations.parties.models.parties import Party
from delegations.parties.selectors import party_names
from delegations.privacy.selectors.retention import Times
from portal.views.delegation.person import SECTIONS
from summit.core.date_formats import long_day
from summit.core.personal_data import Content, PersonalDataKind, activity_of, declaration
from summit.outbox.message_kinds import label_of
from summit.outbox.models import Message
from summit.people.models import Person
from summit.permissions.rules import names_of_roles
from summit.privacy.registry import Portion, Subject, columns_of, is_staffs, own_portions
from summit.summits.models import Summit
from summit.templatetags.moments import day_clock

# The order of the portions on the page.
ORDER: tuple[str, ...] = (
    *("person", "particulars", "photo", "membership", "former_memberships", "focal_points", "liaison_officers"),
    *("badges", "visa_letters", "declarations", "external_ids", "answers", "scans"),
    *("requests", "contacts", "released_places", "floor_requests", "sign_ups", "handovers", "lists"),
    *("import_files", "mail", "mail_naming", "links", "sign_ins", "provider_sign_ins", "codes"),
    *("private_calendars", "agenda_read_marks", "presence", "representations", "told_by_telephone"),
    *("subscriptions", "linked_sign_ins", "account", "duplicate_candidates", "history"),
)
# Portions of which the page shows only the number of rows: there are many, and the export contains them.
COUNTED = frozenset({"history", "mail_naming"})
# The most rows of a portion on the page.
MOST = 10
# Columns that aren't shown: references to the person, and technical links between rows.
STRUCTURE = frozenset(
    {"public_id", "person", "summit", "holder", "facts", "entered_for", "withheld", "invitation", "provider_session"}
)

# Columns with internal values, and the function that returns a readable one.
WORDS: dict[tuple[type[models.Model], str], Callable[[Any], str]] = {
    (Badge, "why"): badges.end_reason,
    (Handover, "what"): lambda row: str(handover_items.kinds()[row.what].label),
    (Message, "kind"): lambda row: label_of(row.kind),
}


@dataclass(frozen=True)
class DataPart:
    """The data of one kind. Each of `rows` is a list of pairs of field and value; `number` counts all rows.

    `seen_by` says who else sees the data, `until` how long it is stored, and `source` who entered it.
    """

    title: str
    rows: list[list[tuple[str, Any]]]
    number: int
    seen_by: str
    until: str
    source: str = ""

    @property
    def more(self) -> int:
        """The number of rows that the page leaves out."""
        return self.number - len(self.rows)


@dataclass
class PersonalDataCollector:
    """Collects the data of a person. The person's summit, particulars, photo and membership must be joined."""

    subject: Subject
    times: Times = field(init=False)
    category: int | None = field(init=False)

    def __post_init__(self) -> None:
        self.times = Times.of(self.summit)
        membership = getattr(self.person, "membership", None)
        former_memberships = FormerMember.objects.filter(person=self.person).order_by("-ended_at", "-pk")
        self.category = (
            membership.category_id if membership else former_memberships.values_list("category", flat=True).first()
        )

    @property
    def person(self) -> Person:
        """The person whom the data is about."""
        return self.subject.person

    @property
    def summit(self) -> Summit:
        """The person's summit."""
        return self.subject.summit

    def parts(self) -> Iterator[DataPart]:
        """Yield the parts of the person's data, in the order of ORDER.

        The number of queries doesn't grow with the rows.
        """
        for portion in sorted(own_portions(), key=lambda each: ORDER.index(each.name)):
            if portion.name == "particulars":
                yield from self._particulars()
            elif part := self._part(portion):
                yield part

    def _part(self, portion: Portion) -> DataPart | None:
        columns = [column for column in columns_of(portion) if column.name not in STRUCTURE and not is_staffs(column)]
        related = [column.name for column in columns if column.many_to_one]
        rows = portion.rows(self.subject)
        listed = [] if portion.name in COUNTED else list(rows.select_related(*related)[: MOST + 1])
        number = rows.count() if portion.name in COUNTED or len(listed) > MOST else len(listed)
        if not number:
            return None
        activity = activity_of(portion.model)
        # Other data is erased with the person.
        until = self._until((activity and activity.kept_as) or PersonalDataKind.PERSON)
        if portion.erase is None:
            until = _("Not erased: %(stays)s") % {"stays": portion.stays}
        elif portion.stays:
            params = {"gone": portion.gone, "stays": portion.stays}
            until = f"{until} {_('On erasure: %(gone)s Kept: %(stays)s') % params}"
        source = self._source() if portion.name == "person" else ""
        if portion.name == "photo":
            photo = photo_of(self.person)
            source = self._source_text(photo.entered_for if photo else None)
        lines = [self._line(row, columns) for row in listed[:MOST]]
        seen_by = _roles(activity.view, *activity.also_view) if activity else _roles()
        return DataPart(str(portion.title), lines, number, seen_by, until, source)

    def _line(self, row: models.Model, columns: list[Any]) -> list[tuple[str, Any]]:
        pairs = [(capfirst(str(column.verbose_name)), self._said(row, column)) for column in columns]
        return [(name, value) for name, value in pairs if value != ""]

    def _particulars(self) -> Iterator[DataPart]:
        row = particulars_of(self.person)
        for group in (PASSPORT, NEEDS, TRAVEL) if row is not None else ():
            line = self._line(row, [Particulars._meta.get_field(name) for name in group.fields])  # type: ignore[arg-type]
            if line:
                until, source = self._until(group.kept_as or PersonalDataKind.PERSON), self._source(group)
                yield DataPart(
                    str(SECTIONS[group.name][0]), [line], 1, _roles(group.view, *group.also_view), until, source
                )

    def _source(self, group: FieldGroup | None = None) -> str:
        """Return a sentence that says who entered the data, or "" if that isn't known.

        Fields that the delegation can't see were entered by the host.
        """
        row = particulars_of(self.person)
        if row is None:
            return ""
        source = self._source_text(row.entered_for)
        withheld = [name for name in (group.fields if group else PERSON) if name in row.withheld]
        return f"{source} {_('Some of it was entered by the host.')}" if withheld and row.entered_for else source

    def _source_text(self, party: Party | None) -> str:
        if party is None:
            return _("Entered by the host.")
        return _("Entered by the focal points of %(party)s.") % {"party": party_names.to_reader(party).name}

    def _until(self, kind: PersonalDataKind) -> str:
        day = self.times.goes_on(kind, self.category)
        if day is None:
            return _("Kept until you ask for its erasure.")
        return _("Erased automatically on %(day)s.") % {"day": long_day(day)}

    def _said(self, row: models.Model, column: Any) -> str:
        if (column.model, column.name) in WORDS:
            return WORDS[column.model, column.name](row)
        value = getattr(row, column.name)
        if value is None or value == "":
            return ""
        declared = declaration(column)
        is_country = declared is not None and declared.content == Content.COUNTRY_CODE
        choices = nationality_choices.choices() if is_country else column.flatchoices
        if choices:
            return str(dict(choices).get(value, value))
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if isinstance(value, datetime):
            return day_clock(value, self.summit)
        return date_format(value, "DATE_FORMAT") if isinstance(value, date) else str(value)


def _roles(*actions: str) -> str:
    return names_of_roles(*actions) if any(actions) else _("no staff")
