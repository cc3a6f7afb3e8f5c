"""Messages for users who print a document with letters for which there is no font."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from summit.pdf.fonts import MissingFontError


def missing(problem: MissingFontError) -> str:
    """Return the sentence that names the letters without a font."""
    return _("No font on this machine can print “%(letters)s”.") % {"letters": problem.letters}


def remedy(problem: MissingFontError) -> str:
    """Return the sentence that says what can be done about missing fonts, and by whom."""
    if not problem.packages:
        return _("No package provides one. The press office can change the text to avoid these characters.")
    params = {"packages": ", ".join(problem.packages)}
    return (
        ngettext(
            "Ask the system administrator to install the package %(packages)s and restart the system.",
            "Ask the system administrator to install the packages %(packages)s and restart the system.",
            len(problem.packages),
        )
        % params
    )
