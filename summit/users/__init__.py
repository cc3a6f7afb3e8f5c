"""The model `User`, an account to sign in with."""
