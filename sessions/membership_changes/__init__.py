"""Places and speeches of people who leave, passed on or dropped; two people who become one."""
