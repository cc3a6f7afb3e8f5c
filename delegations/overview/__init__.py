"""Lists and pages that combine data of all packages.

These are parties, people and members in the admin and the API, the dashboard, and the data that is missing.
"""
