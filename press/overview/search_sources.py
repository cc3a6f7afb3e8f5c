"""The admin's search for texts, by the newest title in each language, the slug and the speaker."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from press.texts.models.editions import Edition
from press.texts.models.texts import Text
from summit.admin_base.search import SearchHit, Source, register
from summit.core.text_normalisation import Fold


def _newest() -> Subquery:
    editions = Edition.objects.filter(version__text=OuterRef("pk"), version__authoritative=True)
    return Subquery(editions.order_by("-number").values("title")[:1])


def _in_any_language(word: str) -> Q:
    newer = Edition.objects.filter(version=OuterRef("version"), number__gt=OuterRef("number"))
    titles = Edition.objects.alias(folded=Fold("title")).filter(~Exists(newer), folded__contains=word)
    return Q(pk__in=titles.order_by().values("version__text"))


def _text(row: Text) -> SearchHit:
    note = [str(row.get_kind_display()), str(row.slot.speaker) if row.slot else ""]
    return SearchHit(
        str(getattr(row, "title", "") or row.slug),
        " · ".join(part for part in note if part),
        reverse("admin:press_text_detail", args=[row.pk]),
    )


register(
    40,
    Source(
        model=Text,
        title=_("Texts"),
        permission="press.text.view",
        rows=lambda: Text.objects.select_related("slot__speaker").annotate(title=_newest()),
        head=_newest(),
        text=("slug", "slot__speaker__name", "slot__speaker__office"),
        also=_in_any_language,
        hit=_text,
    ),
)
