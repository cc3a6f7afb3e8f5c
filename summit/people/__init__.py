"""The model `Person`: the people who take part in a summit, with or without an account."""
