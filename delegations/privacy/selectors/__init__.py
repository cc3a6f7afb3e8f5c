"""What reads the retention times and the declarations of personal data."""
