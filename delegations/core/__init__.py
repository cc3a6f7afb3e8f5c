"""What the packages share: rows that a desk changes, ordering, pages that ask, fields of the API, roles that stand
together."""
