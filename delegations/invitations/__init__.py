"""Invitations: approval, letters and their templates, links, answers, reminders, calls, single guests, bounces."""
