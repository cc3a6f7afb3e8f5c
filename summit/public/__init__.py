"""The public entrance: “/”, a summit's home, error pages, health and numbers for monitoring, the headers and the
language of every answer."""
