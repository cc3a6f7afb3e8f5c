"""What the agenda holds of a person: handed over, and erased."""
