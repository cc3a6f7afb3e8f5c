"""The rows that a user chose in a list, on their way to the page that asks what to do with them.

A few rows are named in the URL and in the page's form. Of more rows, such as all that match a filter, the primary
keys are stored in the browser's session, and URL and form name that selection.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from summit.admin_base.row_keys import keys_of

# The names of the parameters: a row's primary key, and the token of a stored selection.
ROW, CHOSEN = "row", "chosen"
# At most this many rows are named one by one.
MOST = 300
# A page shows at most this many of the chosen rows by name.
NAMED = 100
SESSION_KEY = "chosen_rows"
# The selections that a session keeps: enough for a few tabs.
KEPT = 4


def query_of(request: HttpRequest, keys: Iterable[int]) -> str:
    """Return the query string that names rows to the page of an action. `keys` are their primary keys."""
    rows = list(keys)
    return urlencode({CHOSEN: _store(request, rows)} if len(rows) > MOST else [(ROW, key) for key in rows])


def inputs_of(request: HttpRequest, keys: Iterable[int]) -> SafeString:
    """Return the hidden inputs that name rows in the form of an action."""
    rows = list(keys)
    if len(rows) > MOST:
        return format_html('<input type="hidden" name="{}" value="{}">', CHOSEN, _store(request, rows))
    pairs = ((ROW, key) for key in rows)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', pairs)


def chosen_keys(request: HttpRequest) -> list[int]:
    """Return the primary keys of the rows that a request names: those of its form, otherwise those of its URL.

    The list is empty if the selection isn't stored any more.
    """
    for params in (request.POST, request.GET):
        keys = keys_of(params.getlist(ROW))
        token = params.get(CHOSEN, "")
        if keys or token:
            return keys or list(request.session.get(SESSION_KEY, {}).get(token, ()))
    return []


def _store(request: HttpRequest, keys: list[int]) -> str:
    """Store a selection in the session and return its token. A selection that is stored keeps its token."""
    stored: dict[str, list[int]] = request.session.get(SESSION_KEY, {})
    token = next((token for token, rows in stored.items() if rows == keys), "") or secrets.token_urlsafe(9)
    kept = {name: rows for name, rows in stored.items() if name != token}
    newest = dict(list(kept.items())[-(KEPT - 1) :])
    request.session[SESSION_KEY] = {**newest, token: keys}
    return token
