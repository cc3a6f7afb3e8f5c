"""A prepared text checked against delivery, passage by passage, while the speech is given."""
