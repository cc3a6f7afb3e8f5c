"""The press desk in the admin."""

from press.admin import subscribers, texts, topics
from press.models import Announcement, Attachment, Edition, Lift, Subscriber, Text, TextVersion, Topic
from summit.desk.base import SUMMIT_PATHS

SUMMIT_PATHS.update(
    {
        Text: "summit",
        Lift: "summit",
        Subscriber: "summit",
        TextVersion: "text__summit",
        Attachment: "text__summit",
        Topic: "summit",
        Edition: "version__text__summit",
        Announcement: "edition__version__text__summit",
    }
)

__all__ = ["subscribers", "texts", "topics"]
