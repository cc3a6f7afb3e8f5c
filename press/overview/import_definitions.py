"""The press desk's lists that a table can fill. Subscribers aren't among them: an address is written to once its
owner has asked for it and followed the link that was sent there, which no table can say."""

from press.overview.api.attachments_and_topics import TopicViewSet
from summit.import_export.registry import ImportDefinition, register_import

register_import(ImportDefinition(TopicViewSet))
