"""Making a release: preview, what it tells whom, rows written; removals from the public agenda; the draft taken back
to a release."""
