#!/usr/bin/env python
"""The command line: `python manage.py help` lists what it can do."""

from summit.manage import main

if __name__ == "__main__":
    main()
