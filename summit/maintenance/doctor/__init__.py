"""What `manage.py doctor` looks at: whether the installation works, and what to do where it doesn't.

`checks.CHECKS` is the table of all checks. Each is a small function in a module of what it is about.
"""
