"""The personal data in the agenda: its disclosure to the person concerned, and its erasure."""
