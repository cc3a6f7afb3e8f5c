"""The models of all packages, for Django. Import each from its own package."""

from press.delivery_check.models import Marking
from press.search.models import SearchEntry, SearchWord
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.embargoes import Lift
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic

__all__ = [
    "Announcement",
    "Attachment",
    "Edition",
    "EditionAttachment",
    "Lift",
    "Marking",
    "SearchEntry",
    "SearchWord",
    "Subscriber",
    "Text",
    "TextVersion",
    "Topic",
]
