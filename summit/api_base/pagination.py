"""Pagination of lists by cursor: rows that are added between two pages are neither skipped nor repeated."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination


class ByNewest(CursorPagination):
    """Pages of rows, by default the newest rows first. A list with another order sets `ordering`."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    page_size_query_description: Any = _("Rows per page: 50 by default, 200 at most.")
    cursor_query_description: Any = _("Page cursor. Each page gives the addresses of the previous and next pages.")
    max_page_size = 200
    # Rows with equal values in the order are counted from the first of them. The library's limit is a thousand:
    # beyond it, a page would link to itself for ever.
    offset_cutoff = 10_000_000

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return the rows of a page. Raises NotFound for a cursor that isn't from this list.

        The cursor of a list with another order is an example: its position is no valid value of the column.
        """
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, TypeError, OverflowError, ValidationError) as error:
            if self.cursor_query_param not in request.query_params:
                raise
            raise NotFound from error

    def _get_position_from_instance(self, instance: Any, ordering: Any) -> Any:
        """Return a row's value in the first column of the order, as text, or None.

        The column may belong to a related row.
        """
        value = instance
        for name in ordering[0].lstrip("-").split("__"):
            value = getattr(value, name)
        return None if value is None else str(value)
