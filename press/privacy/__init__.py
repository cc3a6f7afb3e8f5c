"""What the press office holds of a person: subscriptions; how long, and erased."""
