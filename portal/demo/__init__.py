"""The summits that `manage.py demo` loads: a real one from public facts, and synthetic ones of any size."""
