"""Badges: issued, ended, printed, checked at a door; passes that change hands."""
