"""The desk's list and page of texts, composed of all packages; the publication schedule, the embargo calendar, the
home of the desk."""
