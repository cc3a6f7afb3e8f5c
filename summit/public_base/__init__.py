"""The basis of all public pages: the decorator `public_page`, the cache of pages, sitemaps."""
