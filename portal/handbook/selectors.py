"""Read the pages of the handbook: Markdown files with one numbered list, whose items are the steps of the task.

In a step, **bold** is a label on the page: of a button, a link, a field or a heading. "…" stands for words that
differ, such as a number. An image is a picture of the page after that step.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.templatetags.static import static
from markdown_it import MarkdownIt
from markdown_it.token import Token

from portal.handbook.contents import TASKS, Reader, Task

FOLDER = Path(__file__).parent / "pages"
# The languages in which the handbook is written, the first for all others.
LANGUAGES = ("en", "fr")
# The width and height of all pictures, in pixels.
PICTURE = (1120, 700)


@dataclass(frozen=True)
class Label:
    """The words of a button, a link, a field or a heading, with "…" for words that differ."""

    words: str


@dataclass(frozen=True)
class Picture:
    """A picture, with the name of its file without the ending."""

    name: str


@dataclass(frozen=True)
class Step:
    """A step of a task: the labels and pictures in it, in order."""

    parts: tuple["Label | Picture", ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The words of the labels, in order."""
        return tuple(part.words for part in self.parts if isinstance(part, Label))


@dataclass(frozen=True)
class Guide:
    """A page of the handbook in one language. `html` lacks the title."""

    task: Task
    language: str
    title: str
    html: str


def language_for(code: str) -> str:
    """Return the language of the handbook for a reader of a language: that one, or English."""
    return code if code in LANGUAGES else LANGUAGES[0]


@functools.cache
def tasks() -> dict[str, Task]:
    """Return all tasks by their slugs."""
    return {task.slug: task for task in TASKS}


@functools.cache
def by_route() -> dict[str, Task]:
    """Return the tasks by the names of the routes that they are about."""
    return {name: task for task in TASKS for name in task.about}


@functools.cache
def guide(slug: str, language: str) -> Guide:
    """Return the page of a task in one of LANGUAGES. Raises KeyError if there is no such task."""
    parser, title, tokens = _parse(slug, language)
    for child in (child for token in tokens for child in token.children or () if child.type == "image"):
        child.attrs = {
            "src": static(f"handbook/{language}/{child.attrs['src']}.webp"),
            "alt": child.content,
            "width": PICTURE[0],
            "height": PICTURE[1],
            "loading": "lazy",
        }
    return Guide(tasks()[slug], language, title, parser.renderer.render(tokens, parser.options, {}))


def steps(slug: str, language: str) -> tuple[Step, ...]:
    """Return the steps of a task, which are the items of the only numbered list of its page."""
    _parser, _title, tokens = _parse(slug, language)
    found: list[Step] = []
    inside, depth = False, 0
    for token in tokens:
        if token.type in ("ordered_list_open", "ordered_list_close"):
            inside = token.type == "ordered_list_open"
        elif inside and token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
            if token.type == "list_item_open" and depth == 1:
                found.append(Step())
        elif inside and token.type == "inline":
            found[-1] = Step((*found[-1].parts, *_parts(token.children or [])))
    return tuple(found)


def readers(language: str) -> list[tuple[Reader, list[Guide]]]:
    """Return the roles in order, each with its pages in order."""
    return [
        (reader, [guide(task.slug, language) for task in TASKS if task.reader == reader])
        for reader in Reader
        if any(task.reader == reader for task in TASKS)
    ]


def neighbours(found: Guide) -> tuple[Guide | None, Guide | None]:
    """Return the pages before and after a page among those of its role."""
    slugs = [task.slug for task in TASKS if task.reader == found.task.reader]
    place = slugs.index(found.task.slug)
    before = guide(slugs[place - 1], found.language) if place else None
    after = guide(slugs[place + 1], found.language) if place + 1 < len(slugs) else None
    return before, after


def _parse(slug: str, language: str) -> tuple[MarkdownIt, str, list[Token]]:
    """Return the parser, the title and the tokens below the title."""
    parser = MarkdownIt("commonmark", {"html": False})
    tokens = parser.parse((FOLDER / language / f"{slug}.md").read_text(encoding="utf-8"))
    return parser, tokens[1].content, tokens[3:]


def _parts(children: list[Token]) -> Iterator[Label | Picture]:
    words: list[str] | None = None
    for child in children:
        if child.type == "strong_open":
            words = []
        elif child.type == "strong_close":
            yield Label("".join(words or []))
            words = None
        elif words is not None:
            words.append(" " if child.type == "softbreak" else child.content)
        elif child.type == "image":
            yield Picture(str(child.attrs["src"]))
