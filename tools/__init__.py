"""What whoever works on the project runs by hand. Nothing here is part of the running system."""
