"""Notifications about texts: subscribers, announcements, withdrawal notices, webhook events and feed pings."""
