"""What all public pages share: the same bytes for everybody, their cache, sitemaps."""
