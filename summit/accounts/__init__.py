"""Accounts: signing in and out, second steps, signed-in browsers, roles assigned by hand, pages of API tokens."""
