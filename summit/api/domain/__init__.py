"""What the API itself does: tokens, kept answers, limits."""
