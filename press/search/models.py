"""The search index of editions. It has unpublished editions too, so every query must start from public editions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from press.texts.models.editions import Edition
from summit.core.personal_data import PUBLISHED_WORDS, DataSubject, ProcessingActivity, personal
from summit.summits.models import Summit

SEARCH = ProcessingActivity(
    subjects=DataSubject.SPEAKERS,
    purpose=_("To search published texts."),
    view="press.text.view",
    stays=PUBLISHED_WORDS,
    logged=False,
)


class SearchEntry(models.Model):
    """The words of an edition in the search index, normalised by press.search.tokens.

    `title_terms` has the words of the title, and `terms` the words of the whole edition. Each word is there once, and
    spaces separate the words. Both columns have a full-text index (press.search.full_text_index). `plain` has all
    words in their order, to find phrases. It is None until the index is rebuilt.
    """

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, related_name="search", verbose_name=pgettext_lazy("label", "edition")
    )
    title_terms = personal(models.TextField(_("title words"), editable=False), SEARCH)
    terms = personal(models.TextField(_("words"), editable=False), SEARCH)
    plain = personal(models.TextField(_("words in order"), editable=False, null=True), SEARCH)

    class Meta:
        verbose_name = _("edition search index")
        verbose_name_plural = _("edition search indexes")

    def __str__(self) -> str:
        return self.title_terms


class SearchWord(models.Model):
    """A folded word in the texts of a summit in a language. Misspelt queries find the word by its trigrams."""

    summit = models.ForeignKey(
        Summit, on_delete=models.CASCADE, related_name="+", verbose_name=pgettext_lazy("label", "summit")
    )
    language = models.CharField(_("language"), max_length=10, editable=False)
    word = models.CharField(_("word"), max_length=64, editable=False)
    trigrams = models.TextField(_("trigrams"), editable=False)

    class Meta:
        verbose_name = _("search word")
        verbose_name_plural = _("search words")
        constraints = [models.UniqueConstraint(fields=["summit", "language", "word"], name="search_word_once")]

    def __str__(self) -> str:
        return self.word
