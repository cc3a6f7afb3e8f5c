"""What is written down so that editions are found, in the transaction that stores them."""

from collections.abc import Iterable, Iterator

from django.db import transaction

from press.search import tokens
from press.search.highlight import bare
from press.search.models import SearchEntry, SearchWord
from press.texts import listeners
from press.texts.models.editions import Edition
from summit.summits.models import Summit

BATCH = 500
# PostgreSQL indexes a megabyte of one row's words; a text has at most a fifth of that as characters.
LONGEST = 800_000


@listeners.stored(10)
def note(edition: Edition) -> None:
    """Write down by what an edition is found; it runs in the transaction that stores the edition. Two queries."""
    note_all([edition])


def note_all(editions: Iterable[Edition]) -> None:
    """Write down by what these editions are found. Their version, text and summit are joined."""
    entries, known = [], set[tuple[int, str, str]]()
    for edition in editions:
        version = edition.version
        entries.append(entry(edition))
        whole = f"{edition.title}\n{edition.summary}\n{bare(edition.body)}"
        known |= {(version.text.summit_id, version.language, word) for word in tokens.known_words(whole)}
    SearchEntry.objects.bulk_create(entries, batch_size=BATCH)
    # In one order, so that two who write at once don't wait for each other in a ring.
    SearchWord.objects.bulk_create(
        [
            SearchWord(summit_id=key, language=code, word=word, trigrams=_trigrams(word))
            for key, code, word in sorted(known)
        ],
        batch_size=BATCH,
        ignore_conflicts=True,
    )


def entry(edition: Edition) -> SearchEntry:
    """Return by what an edition is found, unsaved."""
    language = edition.version.language
    title = tokens.terms(edition.title, language)
    every = title | tokens.terms(f"{edition.summary}\n{bare(edition.body)}", language)
    return SearchEntry(
        edition=edition, title_terms=" ".join(sorted(title)), terms=_joined(every), plain=plain_of(edition)
    )


def plain_of(edition: Edition) -> str:
    """Return an edition's words in their order, paragraph by paragraph."""
    parts = (edition.title, edition.summary, *map(bare, edition.body.split("\n\n")))
    return tokens.plain("\n".join(parts))


def rebuild(*, summit: Summit | None = None) -> int:
    """Make anew by what all editions are found, or those of one summit, and return how many these are: after the way
    in which words are made ready has changed. Searches go on meanwhile and find what was there before."""
    with transaction.atomic():
        rows = Edition.objects.select_related("version__text").order_by("pk")
        entries, known = SearchEntry.objects.all(), SearchWord.objects.all()
        if summit is not None:
            rows = rows.filter(version__text__summit=summit)
            entries, known = entries.filter(edition__version__text__summit=summit), known.filter(summit=summit)
        entries.delete()
        known.delete()
        number = 0
        for batch in _batches(rows.iterator(chunk_size=BATCH)):
            note_all(batch)
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


def _joined(terms: set[str]) -> str:
    found, length = [], 0
    for term in sorted(terms):
        length += len(term.encode()) + 1
        if length > LONGEST:
            break
        found.append(term)
    return " ".join(found)
