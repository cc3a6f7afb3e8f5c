"""Places of sessions that delegates take themselves, and the queue for them."""
