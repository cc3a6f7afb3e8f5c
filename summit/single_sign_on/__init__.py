"""Signing in at identity providers by OpenID Connect and SAML.

It covers who is let in, links between accounts and subjects, roles by groups, sign-out at both ends, and emergency
accounts.
"""
