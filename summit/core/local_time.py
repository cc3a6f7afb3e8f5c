"""Times that people write as the clocks at the venue show them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from summit.core.validators import validate_year


def local_moment(written: str, zone: ZoneInfo) -> datetime:
    """Return the UTC datetime of a local time in a zone. `written` is in ISO format.

    If the clocks show the local time twice, the second time is returned, so that nothing is published early. Raises
    ValueError, with a message for the user, if `written` isn't a time in the zone.
    """
    try:
        naive = datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(_("Enter a date and time, such as 2025-03-31 09:30.")) from None
    aware = naive.replace(tzinfo=zone, fold=1) if naive.tzinfo is None else naive
    try:
        validate_year(naive)
        utc = aware.astimezone(ZoneInfo("UTC"))
    except ValidationError as refused:
        raise ValueError(refused.messages[0]) from None
    if naive.tzinfo is None and utc.astimezone(zone).replace(tzinfo=None) != naive:
        raise ValueError(_("This time doesn’t exist because the clocks go forward that night. Choose another time."))
    return utc
