"""Sweeps that look again and again for what is due, and signs of life."""
