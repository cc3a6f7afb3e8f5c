"""Personal data of the press office: subscriptions, their retention and their erasure."""
