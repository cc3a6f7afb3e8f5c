"""The command line: `manage.py` in a checkout, `summit-manage` where the wheel is installed."""

import os
import sys

import django
from django.core.management import execute_from_command_line

from summit import __version__

VERSION_ARGUMENTS = (["--version"], ["version"])


def main() -> None:
    """Run one management command, or print the version of Summit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    if sys.argv[1:] in VERSION_ARGUMENTS:
        # Django would print its own version alone.
        sys.stdout.write(f"Summit {__version__} (Django {django.get_version()})\n")
        return
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
