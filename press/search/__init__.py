"""By what texts are found: tokens, the index, the query, highlighting."""
