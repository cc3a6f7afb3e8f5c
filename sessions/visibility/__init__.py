"""Who may know of a session, and of each part of it."""
