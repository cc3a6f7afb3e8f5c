"""Releases: preview, release, webhook events, removals from the public agenda, restoring the draft to a release."""
