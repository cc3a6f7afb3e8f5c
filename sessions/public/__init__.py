"""The public agenda: pages, filters, schedule files, the pocket programme, the same for delegates in the portal."""
