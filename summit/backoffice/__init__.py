"""The admin site with its navigation, search, first steps, and the admin of summits, people, accounts, programs and
the audit."""
