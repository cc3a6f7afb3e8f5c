"""User: the account by which somebody signs in."""
