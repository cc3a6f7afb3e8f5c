"""Person: who takes part, whether they have an account or not."""
