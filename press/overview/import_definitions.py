"""The lists of the press desk that can be imported from a table.

Subscribers aren't among them: an address gets news only after its owner has asked for it and confirmed by mail, which
a table can't prove.
"""

from press.overview.api.attachments_and_topics import TopicViewSet
from summit.import_export.registry import ImportDefinition, register_import

register_import(ImportDefinition(TopicViewSet))
