"""Registers the admin classes of the app's packages, and the path from each model to its summit."""

from importlib import import_module

from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic
from summit.admin_base.model_admin import SUMMIT_PATHS

for _name in ("texts.admin.topics", "subscriptions.admin", "imports.admin", "overview.admin.texts"):
    import_module(f"press.{_name}")

SUMMIT_PATHS.update(
    {
        Text: "summit",
        Embargo: "summit",
        Subscriber: "summit",
        TextVersion: "text__summit",
        Attachment: "text__summit",
        Topic: "summit",
        Edition: "version__text__summit",
        Announcement: "edition__version__text__summit",
    }
)
