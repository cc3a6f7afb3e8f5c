"""Speakers' lists, and requests for the floor."""
