"""The desk's overview of texts: list, pages, publication schedule, embargo calendar and dashboard."""
