"""Invitations: approval, letters and their templates, links, answers, reminders, phone calls, single guests,
bounces."""
