"""The API resources of the app `summit`: the current user, summits, venues, accounts, roles, tasks, and
applications with their tokens."""
