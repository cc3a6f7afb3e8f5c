"""The public agenda: pages, filters, schedule files, the pocket programme, and the released agenda in the portal."""
