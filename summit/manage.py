"""The command line: `manage.py` in a checkout, `summit-manage` where the wheel is installed."""

import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

from summit import __version__

VERSION_ARGUMENTS = (["--version"], ["version"])


def main() -> None:
    """Run one management command, or print the version of Summit."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "summit.settings")
    if sys.argv[1:] in VERSION_ARGUMENTS:
        # Django would print its own version alone.
        sys.stdout.write(f"Summit {__version__} (Django {django.get_version()})\n")
        return
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as problem:
        # Whoever operates it needs the sentence. Whoever works on it has --traceback.
        if "--traceback" in sys.argv:
            raise
        sys.exit(_in_words(problem))


def _in_words(problem: Exception) -> str:
    """Return what to print of an error of the settings or the database, without its traceback."""
    lines = str(problem).strip().splitlines() or [type(problem).__name__]
    if isinstance(problem, ImproperlyConfigured):
        return "\n".join(lines)
    return f"The database can't be used: {lines[0]}. Check DATABASE_URL, and whether `manage.py migrate` has run."


if __name__ == "__main__":
    main()
