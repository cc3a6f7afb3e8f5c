"""The outbox: every mail is stored as a row before it is sent. Kinds, claims, transport, bounces, a test mailbox."""
