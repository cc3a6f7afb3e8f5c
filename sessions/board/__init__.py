"""The board: the draft as rooms and times, on which sessions are moved, with undo and redo."""
