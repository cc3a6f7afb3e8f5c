"""What pages, mails, calendars and documents say in other languages than English."""
