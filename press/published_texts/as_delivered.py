"""Find the prepared text with which readers may compare a text as delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from press.texts.models.texts import Wording
from press.texts.models.visibility import public_editions
from summit.summits.models import Summit

if TYPE_CHECKING:
    from press.texts.models.visibility import PublicEdition


def prepared_of(summit: Summit, delivered: PublicEdition) -> PublicEdition | None:
    """Return the public edition of the prepared text in the language of `delivered`. Makes one query at most.

    Returns None if there is none, if the press office doesn't allow the comparison, or if either text was withdrawn.
    """
    text = delivered.version.text
    if text.wording != Wording.DELIVERED or not text.comparison_public or text.withdrawn_at is not None:
        return None
    rows = public_editions().filter(
        version__text=text.prepared_id or 0,
        version__text__summit=summit,
        version__text__withdrawn_at__isnull=True,
        version__language=delivered.version.language,
    )
    related = ("version__text__slot__speaker", "version__text__slot__party", "version__text__embargo")
    return rows.select_related(*related).first()
