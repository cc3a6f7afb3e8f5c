"""How numbers and days are written where a page leaves it to Django; the house's own words are in
`summit.core.date_formats`."""
