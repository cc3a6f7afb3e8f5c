"""The lists of the press desk that users can import from a table.

Subscribers can't be imported. Mails are sent only to addresses that their owners have confirmed by mail, and a table
can't prove that.
"""

from press.overview.api.attachments_and_topics import TopicViewSet
from summit.import_export.importable_lists import ImportableList
from summit.import_export.list_import import register_import

register_import(ImportableList(TopicViewSet))
