"""The working draft: sessions, kinds, participants, speeches, its lock, and the listeners to speeches."""
