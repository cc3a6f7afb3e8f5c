"""The outbox: every mail is stored as a message, a row of the database, before it is sent.

The package has the kinds of messages, their delivery, the connection to the mail server, bounces, and a mailbox for
development.
"""
