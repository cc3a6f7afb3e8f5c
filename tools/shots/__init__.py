"""`make shots`: every page of the README's tour as a picture, narrow and wide, in two scripts, light and dark."""
