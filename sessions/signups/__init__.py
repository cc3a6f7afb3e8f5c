"""Sign-ups: the places of sessions that delegates take themselves, and the waiting list."""
