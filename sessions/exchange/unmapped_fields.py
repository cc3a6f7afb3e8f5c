"""What other schedules said of a session that no field is for."""

# Rows: "guid", "type", "language" or one of WORDS, and its text; "links" or "attachments", and address, title, type.
Carried = tuple[tuple[str, ...], ...]
WORDS = ("subtitle", "track")
# What the format calls what a link leads to.
LINK_TYPES = frozenset({"slides", "paper", "web", "blog", "article", "media", "related", "activitypub"})
