"""Personal data: the registry of where it is stored, handing it over (subject access), erasing it."""
