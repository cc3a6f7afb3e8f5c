"""Index editions for search, in the transaction that stores them."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from press.search import tokens
from press.search.highlight import bare
from press.search.models import SearchEntry, SearchWord
from press.texts import listeners
from press.texts.models.editions import Edition
from summit.summits.models import Summit

BATCH = 500
# In bytes. PostgreSQL indexes at most a megabyte of words in a row. A text has at most 200,000 characters.
LONGEST = 800_000


@listeners.stored(10)
def index_edition(edition: Edition) -> None:
    """Index an edition, in the transaction that stores the edition. Makes two queries."""
    index_editions([edition])


def index_editions(editions: Iterable[Edition]) -> None:
    """Add editions to the search index. Callers load them with `select_related("version__text")`."""
    entries, words = [], set[tuple[int, str, str]]()
    for edition in editions:
        version = edition.version
        entries.append(entry(edition))
        whole = f"{edition.title}\n{edition.summary}\n{bare(edition.body)}"
        words |= {(version.text.summit_id, version.language, word) for word in tokens.correctable_words(whole)}
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    # Sorted, so that concurrent transactions don't deadlock.
    SearchWord.objects.bulk_create(
        [
            SearchWord(summit_id=key, language=code, word=word, trigrams=_trigrams(word))
            for key, code, word in sorted(words)
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def entry(edition: Edition) -> SearchEntry:
    """Return the unsaved SearchEntry of an edition."""
    language = edition.version.language
    title = tokens.terms(edition.title, language)
    all_terms = title | tokens.terms(f"{edition.summary}\n{bare(edition.body)}", language)
    return SearchEntry(
        edition=edition, title_terms=" ".join(sorted(title)), terms=_join_terms(all_terms), plain=plain_of(edition)
    )


def plain_of(edition: Edition) -> str:
    """Return the normalised words of an edition in order, with a line break between paragraphs."""
    parts = (edition.title, edition.summary, *map(bare, edition.body.split("\n\n")))
    return tokens.plain("\n".join(parts))


def rebuild(*, summit: Summit | None = None) -> int:
    """Rebuild the search index of all editions, or of all editions of one summit. Return the number of editions.

    Call this after the normalisation of words has changed. This is one transaction: until it ends, searches use the
    old index.
    """
    with transaction.atomic():
        rows = Edition.objects.select_related("version__text").order_by("pk")
        entries, words = SearchEntry.objects.all(), SearchWord.objects.all()
        if summit is not None:
            rows = rows.filter(version__text__summit=summit)
            entries, words = entries.filter(edition__version__text__summit=summit), words.filter(summit=summit)
        entries.delete()
        words.delete()
        number = 0
        for batch in _batches(rows.iterator(chunk_size=BATCH)):
            index_editions(batch)
            number += len(batch)
    return number


def _batches(rows: Iterator[Edition]) -> Iterator[list[Edition]]:
    batch: list[Edition] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _trigrams(word: str) -> str:
    return " ".join(sorted(tokens.trigrams(word)))


def _join_terms(terms: set[str]) -> str:
    included, length = [], 0
    for term in sorted(terms):
        length += len(term.encode()) + 1
        if length > LONGEST:
            break
        included.append(term)
    return " ".join(included)
