"""Notifications about texts: subscribers, announcements, withdrawals, webhook events and feed pings."""
