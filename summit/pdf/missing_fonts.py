"""What whoever prints is told where a font is missing."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.pdf.fonts import MissingFontError


def missing(problem: MissingFontError) -> str:
    """Return which letters no font prints."""
    return _("No font on this machine prints “%(letters)s”.") % {"letters": problem.letters}


def remedy(problem: MissingFontError) -> str:
    """Return what to do about it, and who can."""
    if not problem.packages:
        return _("No package brings one. The press office can write the text without these characters.")
    said = {"packages": ", ".join(problem.packages)}
    return (
        ngettext(
            "Whoever runs this system can install the package %(packages)s and start the system anew.",
            "Whoever runs this system can install the packages %(packages)s and start the system anew.",
            len(problem.packages),
        )
        % said
    )
