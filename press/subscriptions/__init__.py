"""Who is written to: subscribers, announcements, notices of withdrawal, webhooks and feeds that are pinged."""
