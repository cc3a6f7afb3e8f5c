"""Party: names in each language, footnotes, flags, groups, precedence, policy, keys in other systems."""
