"""The models of all packages of the app, for Django. Import each from its own package."""

from press.delivery_check.models import PassageCheck
from press.imports.models import SpeechImportFile
from press.search.models import SearchEntry, SearchWord
from press.subscriptions.models import Announcement, Subscriber
from press.texts.models.attachments import Attachment
from press.texts.models.editions import Edition, EditionAttachment
from press.texts.models.embargoes import Embargo
from press.texts.models.texts import Text, TextVersion
from press.texts.models.topics import Topic

__all__ = [
    "Announcement",
    "Attachment",
    "Edition",
    "EditionAttachment",
    "Embargo",
    "PassageCheck",
    "SearchEntry",
    "SearchWord",
    "SpeechImportFile",
    "Subscriber",
    "Text",
    "TextVersion",
    "Topic",
]
