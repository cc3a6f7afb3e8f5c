"""Shared code of all admin pages: permissions by role, edit conflicts, form idempotency, search, charts, history
and the summit that the reader works for."""
