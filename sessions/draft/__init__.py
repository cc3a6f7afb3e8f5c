"""The working draft: sessions, kinds, participants and speeches, the lock of the agenda, and the listeners to changed
speeches."""
