"""Messages about a broken chain of the audit, for both the pages and the command."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.verification import DIGEST, END, MISSING, NOTED, PREVIOUS, UNCHAINED

WORDS = {
    MISSING: gettext_lazy("%(entry)s is missing: it was chained once and is not there any more."),
    PREVIOUS: gettext_lazy(
        "%(entry)s does not follow from the one before it: that one was changed or exchanged, or this one was put in."
    ),
    DIGEST: gettext_lazy("%(entry)s was changed: its content does not make its digest any more."),
    NOTED: gettext_lazy("%(entry)s has another digest than was noted elsewhere: the chain was made anew up to it."),
    UNCHAINED: gettext_lazy(
        "%(entry)s was never chained. Where no worker runs, this is why; otherwise it was kept from the chain."
    ),
    END: gettext_lazy(
        "The chain ends otherwise than its end says, at entry %(position)d: entries were cut off or added."
    ),
}


def broken(problem: str, *, position: int, key: int | None = None, at: datetime | None = None) -> str:
    """Return a sentence about a broken entry: its position or key, and its problem.

    `problem` is one of `verification.PROBLEMS`. `key` and `at` are None if the entry is missing.
    """
    values = {"position": position, "key": key, "moment": f"{at:%Y-%m-%d %H:%M:%S} UTC" if at else ""}
    if key is None:
        entry = _("Entry %(position)d") % values
    elif position:
        entry = _("Entry %(position)d (row %(key)d, recorded %(moment)s)") % values
    else:
        entry = _("The entry in row %(key)d, recorded %(moment)s,") % values
    return str(WORDS[problem]) % {**values, "entry": entry}
