"""Text as one looks for it: without accents, vowel signs and capitals, the same in Python and in both databases."""

import re
import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField

# Accents; Arabic vowel signs and hamzas that stand on letters; the Arabic stroke that lengthens a word.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"
# Letters that are not composed of a letter and a mark, and spellings that are taken for each other.
_FROM, _TO = "øłđıىةٱ", "oldiيها"
_PAIRS = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"))
_marks, _single = re.compile(f"[{_MARKS}]"), str.maketrans(_FROM, _TO)


def fold(text: str | None) -> str:
    """Return a text without accents, vowel signs and capitals: "Élysée" is "elysee"."""
    if not text or text.isascii():
        return (text or "").lower()
    folded = _marks.sub("", unicodedata.normalize("NFKD", text).lower()).translate(_single)
    for one, two in _PAIRS:
        folded = folded.replace(one, two)
    return folded


class Fold(Func):
    """`fold` as an expression. No index helps it: some thousand rows take some milliseconds."""

    arity = 1
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Call Python's, which `connected` has registered."""
        return self.as_sql(compiler, connection, function="summit_fold", **context)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Say the same with what every PostgreSQL has; no extension is needed."""
        inner = f"regexp_replace(lower(normalize(%(expressions)s, NFKD)), '[{_MARKS}]', '', 'g')"
        inner = f"translate({inner}, '{_FROM}', '{_TO}')"
        for one, two in _PAIRS:
            inner = f"replace({inner}, '{one}', '{two}')"
        # Most text is ASCII, where that is work for nothing.
        plain = "octet_length(%(expressions)s) = char_length(%(expressions)s)"
        whole = f"CASE WHEN {plain} THEN lower(%(expressions)s) ELSE {inner} END"
        sql, params = self.as_sql(compiler, connection, template=whole, **context)
        return sql, (*params, *params, *params, *params)


def connected(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Teach a new connection of SQLite to fold."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("summit_fold", 1, fold, deterministic=True)
