"""At which mailbox a party or a person is reached."""
