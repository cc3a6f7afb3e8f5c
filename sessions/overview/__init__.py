"""The list and the page of a session of the draft, composed of all packages; the home of the desk, search."""
