"""Lists and pages that are composed of all packages: parties, people and members in admin and API, the home of the
desk, what each party lacks."""
