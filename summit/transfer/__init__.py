"""A summit out to one encrypted archive, and in again elsewhere under other keys."""
