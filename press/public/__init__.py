"""The press site: lists, filters, pages of texts, quotations, comparison, feeds, subscriptions, the cache of its
pages."""
