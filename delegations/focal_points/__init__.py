"""Focal points: requesting, approving, naming and removing those who act for a party."""
