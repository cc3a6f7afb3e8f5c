"""The personal data in the agenda: handing it over and erasing it."""
