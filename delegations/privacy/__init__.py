"""Retention times, the purge, erasure, and people's requests about their own data."""
