"""Where a person's data is (the registry), handing it over (subject access), erasing it."""
