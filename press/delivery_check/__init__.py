"""Compare a prepared text with the speech, passage by passage, while the speech is given."""
