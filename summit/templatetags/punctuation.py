"""Template tags and a filter for punctuation in the active language (`summit.core.punctuation`)."""

from django import template

from summit.core.punctuation import comma, semicolon, unbroken, until

register = template.Library()

register.simple_tag(comma)
register.simple_tag(semicolon)
register.simple_tag(until)
register.filter(unbroken)
