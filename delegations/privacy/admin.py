"""The admin of retention times, with a page that shows what data a summit holds and when it is purged."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from delegations.core import table_writers
from delegations.members.models.categories import Category
from delegations.privacy import purge_job
from delegations.privacy.models import Retention
from delegations.privacy.selectors import processing_record
from delegations.privacy.selectors.retention import Times
from delegations.privacy.services import nightly_purge, retention, retention_times
from delegations.privacy.services.retention import RetainedRows
from summit.admin_base.forms import SentencesForm
from summit.admin_base.menu_places import MenuGroup
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.model_pages import model_page
from summit.admin_base.service_admin import ServiceAdmin, Values, user_of
from summit.admin_base.summit_scope import where_may
from summit.core.database_clock import db_now
from summit.core.date_formats import long_day
from summit.core.personal_data import PersonalDataKind
from summit.jobs import services as jobs_services
from summit.summits.models import Summit
from summit.users.models import User

SUMMIT_PATHS.update({Retention: "summit"})
SUMMIT_PATHS.setdefault(Category, "summit")


class RetentionForm(SentencesForm):
    """A form for a retention time."""

    class Meta:
        model = Retention
        fields = ["summit", "what", "category", "days"]

    def clean(self) -> dict[str, Any] | None:
        """Return the cleaned data.

        Raises ValidationError for a category of another summit, and for a category of data that belongs to no single
        person.
        """
        values = super().clean()
        cleaned = self.cleaned_data
        # For a stored retention time, the summit is read-only and not among the cleaned data.
        summit = cleaned.get("summit") or (self.instance.summit if self.instance.pk else None)
        what, category = cleaned.get("what", ""), cleaned.get("category")
        problems = retention_times.problems(summit=summit, what=what, category=category) if summit else {}
        if problems:
            raise ValidationError(problems)
        return values


@dataclass(frozen=True)
class RetentionLine:
    """A line of the summit's page: one kind of data, with its retention time and the rows of all its pieces."""

    what: str
    label: str
    days: str
    goes: str
    exceptions: list[str]
    number: int
    due: int
    pieces: list[RetainedRows]


@admin.register(Retention)
class RetentionAdmin(ServiceAdmin):
    """The admin of retention times that summits have set. The page of a summit shows the defaults too."""

    place = 6
    menu_group = MenuGroup.PARTICIPATION
    form = RetentionForm
    kept = retention_times.FIELDS
    list_display = ["what", "category", "days_display", "summit"]
    list_filter = ["summit", "what"]
    list_select_related = ["summit", "category"]
    permissions = {"delete": retention.CHANGE}
    change_list_template = "admin/delegations/retention/change_list.html"
    nothing_yet = gettext_lazy("The default retention periods apply. They are listed on the summit’s page.")

    @admin.display(description=gettext_lazy("days after the summit"), ordering="days")
    def days_display(self, row: Retention) -> str:
        """Show the number of days, or “kept” if the data is never purged."""
        return _days(row.days)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Return the summit as read-only for a stored retention time."""
        return ["summit"] if obj else []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list of retention times, with links to the pages of the summits."""
        context = {"kept_by": where_may(request, "delegations.retention.view"), **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def create(self, *, by: User, row: Retention, values: Values) -> Retention:
        """Add the retention time."""
        return retention_times.create(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: Retention, values: Values) -> Retention:
        """Change the retention time."""
        return retention_times.change(by=by, time=row, values=values)

    def remove(self, *, by: User, row: Retention) -> None:
        """Delete the retention time, so that the time for everybody or the default applies again."""
        retention_times.remove(by=by, time=row)

    @model_page("summit/<slug:slug>/record/", "record", "GET")
    def record_view(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show the summit's record of processing; with `?take=csv`, return it as a file."""
        entries = processing_record.entries(summit=summit)
        if request.GET.get("take") == table_writers.CSV:
            content = table_writers.write(processing_record.table(entries), ending=table_writers.CSV)
            headers = {"Content-Disposition": f'attachment; filename="processing-record-{summit.slug}.csv"'}
            return HttpResponse(content, content_type=table_writers.MEDIA_TYPES[table_writers.CSV], headers=headers)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Record of processing activities"),
            "summit": summit,
            "headings": processing_record.headings(),
            "groups": processing_record.grouped(entries),
        }
        return TemplateResponse(request, "admin/delegations/privacy/processing_record.html", context)

    @model_page("summit/<slug:slug>/", "summit", do=retention.CHANGE)
    def summit_view(self, request: HttpRequest, summit: Summit) -> HttpResponse:
        """Show what data a summit holds, when it is purged, and how much tonight; a POST starts the purge now."""
        if request.method == "POST":
            return redirect(
                "admin:jobs_job",
                jobs_services.start(kind=purge_job.NAME, by=user_of(request), summit=summit).public_id,
            )
        now = db_now()
        retained = retention.retained_rows(summit=summit, today=retention.today_at(summit, now))
        tonight = retention.retained_rows(summit=summit, today=retention.today_at(summit, _night(now)))
        lines = _lines(summit, tonight)
        number = sum(each.due for each in retained)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Data retention"),
            "summit": summit,
            "lines": lines,
            "night": _night(now),
            "tonight": sum(line.due for line in lines),
            "number": number,
            "button": ngettext("Purge %(number)d row now", "Purge %(number)d rows now", number) % {"number": number},
            "add": f"{reverse('admin:delegations_retention_add')}?summit={summit.pk}",
        }
        return TemplateResponse(request, "admin/delegations/privacy/retained_data.html", context)


def _night(now: datetime) -> datetime:
    """Return the time of the next nightly purge."""
    purge_time = now.replace(hour=nightly_purge.HOUR, minute=nightly_purge.MINUTE, second=0, microsecond=0)
    return purge_time if purge_time > now else purge_time + timedelta(days=1)


def _lines(summit: Summit, tonight: list[RetainedRows]) -> list[RetentionLine]:
    times = Times.of(summit)
    categories = {row.pk: row.name for row in Category.objects.filter(summit=summit)}
    lines = []
    for what, label in PersonalDataKind.choices:
        retained = [each for each in tonight if each.piece.what == what]
        exceptions = [f"{categories.get(key, '')}: {_days(times.days[what, key])}" for key in times.categories(what)]
        lines.append(
            RetentionLine(
                what=what,
                label=str(label),
                days=_days(times.days[what, None]),
                goes=_last_day(times.last_day_of(what)),
                exceptions=exceptions,
                number=sum(each.number for each in retained),
                due=sum(each.due for each in retained),
                pieces=retained,
            )
        )
    return lines


def _days(days: int | None) -> str:
    if days is None:
        return _("kept")
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def _last_day(day: date | None) -> str:
    return long_day(day) if day else "–"
