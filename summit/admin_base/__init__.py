"""What all pages of the admin share: roles decide, edit conflicts, form idempotency, search, charts, history, the
summit that is worked for."""
