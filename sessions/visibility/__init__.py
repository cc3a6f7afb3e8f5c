"""Who may see a session, and each part of it."""
