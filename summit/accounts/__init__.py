"""Signing in and out, second steps, signed-in browsers, roles that are given by hand, the pages of one's tokens."""
