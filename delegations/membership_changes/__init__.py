"""Merging two entries of one person, and handing over the items of a person who leaves a party."""
