"""The released agenda as each kind of reader may see it: immutable rows, snapshots, the differences between two
releases, and changes in words."""
