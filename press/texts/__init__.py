"""Text, language version, edition: the one table of decisions, the visibility predicate, Markdown, attachments,
topics."""
