"""Parties: names in each language, footnotes, flags, groups, precedence, policy, ids in other systems."""
