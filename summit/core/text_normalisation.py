"""Fold text for searches: remove accents, vowel signs and capitals. Python and both databases do the same."""

import re
import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField

# Accents; Arabic vowel signs and hamzas that stand on letters; the Arabic stroke that lengthens a word.
_MARKS = "\u0300-\u036f\u064b-\u065f\u0670\u0640"
# Letters that don't decompose into a letter and a mark, and letters that searches treat as the same.
_FROM, _TO = "øłđıىةٱ", "oldiيها"
_PAIRS = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"))
_marks, _single = re.compile(f"[{_MARKS}]"), str.maketrans(_FROM, _TO)


def fold(text: str | None) -> str:
    """Return a text without accents, vowel signs and capitals: "elysee" for "Élysée", "" for None."""
    if not text or text.isascii():
        return (text or "").lower()
    folded = _marks.sub("", unicodedata.normalize("NFKD", text).lower()).translate(_single)
    for letter, replacement in _PAIRS:
        folded = folded.replace(letter, replacement)
    return folded


def _fold_all(*texts: str | None) -> str:
    return fold(" ".join(text for text in texts if text is not None))


class Fold(Func):
    """Fields as one folded text, as `fold` does it, with a space between them. An empty field counts as "".

    It uses no index; a few thousand rows take a few milliseconds.
    """

    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return SQL that calls Python's `fold`, which `connected` has registered."""
        return self.as_sql(compiler, connection, function="summit_fold", **context)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        """Return SQL that folds like `fold` by PostgreSQL's own functions, without an extension."""
        text = "concat_ws(' ', %(expressions)s)"
        inner = f"regexp_replace(lower(normalize({text}, NFKD)), '[{_MARKS}]', '', 'g')"
        inner = f"translate({inner}, '{_FROM}', '{_TO}')"
        for letter, replacement in _PAIRS:
            inner = f"replace({inner}, '{letter}', '{replacement}')"
        # Most text is ASCII, which needs lower() only.
        template = f"CASE WHEN octet_length({text}) = char_length({text}) THEN lower({text}) ELSE {inner} END"
        sql, params = self.as_sql(compiler, connection, template=template, **context)
        return sql, (*params, *params, *params, *params)


def connected(sender: Any, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Register `fold` as a function of a new SQLite connection."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("summit_fold", -1, _fold_all, deterministic=True)
