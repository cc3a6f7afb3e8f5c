"""Import files of parties and people: columns are recognised, rows compared with the summit, planned, shown and
written."""
