"""The model `User`: an account, with which a person signs in."""
