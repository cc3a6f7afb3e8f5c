"""Two entries of one person become one; what was somebody's own waits for protocol when they leave."""
