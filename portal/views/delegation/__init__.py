"""What whoever acts for a delegation sees and does: the focal point's desk."""
