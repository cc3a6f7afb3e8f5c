"""The record of who did what, chained and verified; its words; who saw personal data."""
