"""The admin of what can't move on the day."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy

from sessions.delays.models import FixedPoint
from sessions.delays.selectors import fixed_points as fixed_point_selectors
from sessions.delays.services import fixed_points
from summit.admin_base.model_admin import SUMMIT_PATHS
from summit.admin_base.service_admin import ServiceAdmin, Values
from summit.templatetags.moments import day_clock
from summit.users.models import User

SUMMIT_PATHS.update({FixedPoint: "summit"})


@admin.register(FixedPoint)
class FixedPointAdmin(ServiceAdmin):
    """Fixed points: who must leave by when, what the kitchen, broadcasts and interpreters allow."""

    place = 5
    kept = fixed_points.FIELDS
    permissions: ClassVar[dict[str, str]] = {"delete": "agenda.fixedpoint.change"}
    list_display = ["words", "when", "summit"]
    list_filter = ["summit", "kind"]
    list_select_related = ["summit", "party", "session"]
    search_fields = ["party__name", "session__title"]
    fields = ["summit", "kind", "at", "party", "session", "booth", "minutes"]
    autocomplete_fields = ["party", "session"]
    nothing_yet = gettext_lazy("Nothing is fixed yet. Add who must leave by when, and when the kitchen serves.")

    @admin.display(description=gettext_lazy("fixed point"))
    def words(self, row: FixedPoint) -> str:
        """Return the fixed point as a sentence."""
        return fixed_point_selectors.in_words(row)

    @admin.display(description=gettext_lazy("time"), ordering="at")
    def when(self, row: FixedPoint) -> str:
        """Return the day and time at the venue."""
        return day_clock(row.at, row.summit) if row.at else "–"

    def create(self, *, by: User, row: FixedPoint, values: Values) -> FixedPoint:
        """Create the fixed point."""
        return fixed_points.create(by=by, summit=row.summit, values=values)

    def change(self, *, by: User, row: FixedPoint, values: Values) -> FixedPoint:
        """Change the fixed point."""
        return fixed_points.change(by=by, point=row, values=values)

    def remove(self, *, by: User, row: FixedPoint) -> None:
        """Delete the fixed point."""
        fixed_points.remove(by=by, point=row)
