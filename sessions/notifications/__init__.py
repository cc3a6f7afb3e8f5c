"""Notifications about changes: the mails and calendar updates for each mailbox, and the changes that a person has
seen."""
