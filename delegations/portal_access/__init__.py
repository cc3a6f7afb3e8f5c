"""How people come into the portal: accounts that are given, codes to a mailbox, sessions of the portal."""
