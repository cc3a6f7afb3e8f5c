"""The released agenda as each rank of readers knows it: immutable rows, snapshots, differences of two states, changes
in words."""
