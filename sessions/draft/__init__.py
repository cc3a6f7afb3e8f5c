"""The working draft: sessions, kinds, participants and speeches, the lock of the agenda, the listeners to changed
speeches, and the guards that may refuse a change."""
