"""Access to the portal: accounts, sign-in codes sent to a mailbox, and portal sessions."""
