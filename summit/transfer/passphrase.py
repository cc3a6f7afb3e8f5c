"""Read the passphrase of an archive from a file or from the terminal.

The passphrase is never an argument of a command, because other users of the machine can read command lines.
"""

import sys
from getpass import getpass
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from summit.transfer.encryption import ArchiveProblem, check_passphrase


def add_passphrase_argument(parser: CommandParser) -> None:
    """Add the option for the file with the passphrase to a command's parser."""
    help_text = "a file whose first line is the passphrase; without it you are asked"
    parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help=help_text)


def passphrase_of(file: Path | None, *, twice: bool) -> str:
    """Return the passphrase in a file. If `file` is None, ask for the passphrase at the terminal.

    With `twice`, ask a second time, for a new passphrase. Raises ArchiveProblem if the file can't be read, there is
    no terminal, the two passphrases differ, or the passphrase is too short.
    """
    if file is not None:
        try:
            passphrase = file.read_text(encoding="utf-8").partition("\n")[0].strip("\r")
        except (OSError, UnicodeDecodeError):
            raise ArchiveProblem(_("The passphrase file can’t be read.")) from None
    elif sys.stdin.isatty():
        passphrase = getpass(f"{_('Passphrase of the archive')}: ")
        if twice and getpass(f"{_('Repeat the passphrase')}: ") != passphrase:
            raise ArchiveProblem(_("The passphrases don’t match."))
    else:
        raise ArchiveProblem(_("Provide the passphrase in a file with %(option)s.") % {"option": "--passphrase-file"})
    check_passphrase(passphrase)
    return passphrase
