"""Contacts of a delegation by their role: private office, security, press and others, besides its focal points."""
