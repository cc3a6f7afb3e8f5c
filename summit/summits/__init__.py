"""Summit, Venue and Room; names in other languages, colours, the pause of all that goes out, the installation."""
