"""The mails about the released agenda, a module each."""
