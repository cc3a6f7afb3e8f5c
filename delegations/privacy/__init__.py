"""Retention times, the purge, erasure, the record of processing, and people's requests about their own data."""
