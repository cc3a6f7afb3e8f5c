"""Personal data: the registry of where it is stored, handing it over to the person (subject access), erasing it."""
