"""Tables of the press office."""

from press.models.attachments import Attachment
from press.models.editions import ChangeKind, Edition, EditionAttachment, EditionState
from press.models.lifts import Lift, LiftMode
from press.models.markings import Marking, MarkingKind
from press.models.search import SearchEntry, SearchWord
from press.models.subscribers import Announcement, Subscriber
from press.models.texts import Text, TextKind, TextVersion, Wording
from press.models.topics import Topic

__all__ = [
    "Announcement",
    "Attachment",
    "ChangeKind",
    "Edition",
    "EditionAttachment",
    "EditionState",
    "Lift",
    "LiftMode",
    "Marking",
    "MarkingKind",
    "SearchEntry",
    "SearchWord",
    "Subscriber",
    "Text",
    "TextKind",
    "TextVersion",
    "Topic",
    "Wording",
]
