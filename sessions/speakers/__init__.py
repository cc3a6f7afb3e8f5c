"""Speakers' lists, requests for the floor, and the list while its session runs."""
