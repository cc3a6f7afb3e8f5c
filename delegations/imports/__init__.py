"""Tables of parties and people that are read in: recognised, compared with what is there, planned, shown, written."""
