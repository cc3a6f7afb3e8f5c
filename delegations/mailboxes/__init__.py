"""Which mailboxes reach a party or a person."""
