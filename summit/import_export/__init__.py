"""Tables that leave the system and come in: what a list of the admin shows, as files of three formats."""
