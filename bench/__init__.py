"""Measures what the system promises: `python -m bench`. What depends on the machine is a ratio within one run."""
