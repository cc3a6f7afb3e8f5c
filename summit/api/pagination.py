"""Pages of a list, by cursor: rows that come in between are neither skipped nor shown twice."""

from rest_framework.pagination import CursorPagination


class ByNewest(CursorPagination):
    """Newest first; a list with an order of its own names it."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
