"""The read-only admin of subscribers and announcements. Subscriptions are confirmed and ended by links in mails."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from press.subscriptions.models import Announcement, Subscriber
from summit.admin_base.model_admin import ReadOnlyAdmin
from summit.admin_base.row_sources import RowSource


@admin.register(Subscriber)
class SubscriberAdmin(ReadOnlyAdmin):
    """The admin of subscribers. Nobody can change them here."""

    place = 3
    list_display = ["address", "language", "confirmed_at", "ended_at", "summit"]
    row_source = RowSource(_("Readers subscribe on the press site."))
    list_filter = ["summit"]
    list_select_related = ["summit"]
    search_fields = ["address"]
    page_shows = list_shows = ("address",)
    nothing_yet = _("No subscribers yet. Readers can subscribe on the press site.")


@admin.register(Announcement)
class AnnouncementAdmin(ReadOnlyAdmin):
    """The admin of announcements of editions, with the number of recipients of each. Nobody can change them here."""

    place = 2
    summit_path = "edition__version__text__summit"
    list_display = ["edition", "at", "recipients"]
    row_source = RowSource(_("A text is announced when it is published."))
    nothing_yet = _("No announcements yet. Texts are announced automatically when published.")
    list_select_related = ["edition"]
