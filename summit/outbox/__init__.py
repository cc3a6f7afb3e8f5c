"""Every message that leaves the system, as a row first: kinds, claims, transport, bounces, the development
mailbox."""
