"""The public press site: lists, filters, text pages, quotations, comparison, feeds, subscriptions and page cache."""
