"""Messages about a broken chain of the audit, for both the pages and the command."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from summit.audit.verification import DIGEST, END, MISSING, NOTED, PREVIOUS, UNCHAINED

WORDS = {
    MISSING: gettext_lazy("%(entry)s is missing. It was in the chain before."),
    PREVIOUS: gettext_lazy(
        "%(entry)s does not follow from the previous entry. One of them was changed, replaced or inserted."
    ),
    DIGEST: gettext_lazy("%(entry)s was changed: its content no longer matches its digest."),
    NOTED: gettext_lazy(
        "%(entry)s has a different digest from the one noted elsewhere. The chain up to it was rebuilt."
    ),
    UNCHAINED: gettext_lazy(
        "%(entry)s was never added to the chain. Either no worker is running, or the entry was kept out."
    ),
    END: gettext_lazy("The chain does not end as recorded, at entry %(position)d. Entries were removed or added."),
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
