"""What a reader is shown of a text, found through the predicate: earlier editions, languages, related texts,
quotations, notices."""
