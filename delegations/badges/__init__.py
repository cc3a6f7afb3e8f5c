"""Badges, which are issued, ended, printed and checked at a door, and transferable passes."""
