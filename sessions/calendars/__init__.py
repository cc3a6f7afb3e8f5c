"""iCalendar: the public feed, private feeds, the parts of messages that update a calendar."""
