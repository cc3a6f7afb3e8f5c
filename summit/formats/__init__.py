"""How languages write moments where Django's own way is not that of the language."""
