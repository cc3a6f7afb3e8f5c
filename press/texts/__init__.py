"""Texts, language versions and editions, with their decisions, visibility, Markdown, attachments and topics."""
