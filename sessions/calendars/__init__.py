"""Calendars (iCalendar): the public feed, private feeds, and the parts of mails that update a calendar."""
