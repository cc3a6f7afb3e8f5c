"""Lists and pages that combine data of all packages: the sessions of the draft, the dashboard, and the search."""
