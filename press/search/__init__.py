"""Full-text search of public texts: tokens, index, query and highlighting."""
