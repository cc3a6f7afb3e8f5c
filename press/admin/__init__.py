"""The press desk in the admin."""

from press.admin import subscribers, texts
from press.models import Announcement, Edition, Lift, Subscriber, Text, TextVersion
from summit.desk.base import SUMMIT_PATHS

SUMMIT_PATHS.update(
    {
        Text: "summit",
        Lift: "summit",
        Subscriber: "summit",
        TextVersion: "text__summit",
        Edition: "version__text__summit",
        Announcement: "edition__version__text__summit",
    }
)

__all__ = ["subscribers", "texts"]
