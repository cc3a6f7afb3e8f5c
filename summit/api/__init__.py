"""The ground floor's resources of the API: who asks, summits, venues, accounts, roles, tasks, programs and their
tokens."""
