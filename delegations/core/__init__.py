"""Helpers that the packages share: rows that a desk edits, ordering, confirmation pages, API fields, groups of
roles."""
