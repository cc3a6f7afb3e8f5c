"""Real identity providers for the browser: of Authlib for OpenID Connect, and of pysaml2 for SAML."""
