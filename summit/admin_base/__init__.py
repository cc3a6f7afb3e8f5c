"""Code shared by all admin pages.

It covers permissions by role, edit conflicts, form idempotency, search, charts, history, and the user's chosen
summit.
"""
