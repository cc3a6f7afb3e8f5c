"""Papers on a session's table, in versions."""
