"""The released agenda as each kind of reader may see it.

It has immutable rows, snapshots, the differences between two releases, and descriptions of changes.
"""
