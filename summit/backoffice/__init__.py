"""The admin site with its navigation, its search and the first steps, and the admin of summits, people, accounts,
applications and the audit."""
