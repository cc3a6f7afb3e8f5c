"""Subscribers and announcements in the admin: to read. Subscriptions are confirmed and ended from the mailbox."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from press.models import Announcement, Subscriber
from summit.desk.base import SummitModelAdmin


@admin.register(Subscriber)
class SubscriberAdmin(SummitModelAdmin):
    """Who is written to."""

    list_display = ["address", "language", "confirmed_at", "ended_at", "summit"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["address"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody subscribes for somebody else."""
        return False


@admin.register(Announcement)
class AnnouncementAdmin(SummitModelAdmin):
    """What has been announced, and to how many."""

    summit_path = "edition__version__text__summit"
    list_display = ["edition", "at", "recipients"]
    list_select_related = ["edition"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Announcing is done by the system alone."""
        return False
