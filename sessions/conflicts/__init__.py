"""What can't be right in a draft, or may not be: rooms, people, seats, hours."""
