"""Subscribers and announcements in the admin: to read. Subscriptions are confirmed and ended from the mailbox."""

from django.contrib import admin

from press.models import Announcement, Subscriber
from summit.desk.base import ReadOnlyAdmin


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    """Who is written to."""

    list_display = ["address", "language", "confirmed_at", "ended_at", "summit"]
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["address"]
    page_shows = list_shows = ("address",)


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    """What has been announced, and to how many."""

    summit_path = "edition__version__text__summit"
    list_display = ["edition", "at", "recipients"]
    list_select_related = ["edition"]
