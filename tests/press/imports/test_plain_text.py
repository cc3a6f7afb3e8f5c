"""Plain text and Markdown files: letters, paragraphs, and what no reader gets."""

import pytest

from press.imports import files
from press.texts.markdown_to_html import to_blocks


def take(content: bytes | str, name: str = "speech.txt") -> tuple[str, list[str]]:
    kept = content.encode() if isinstance(content, str) else content
    taken = files.read(filename=name, content=kept)
    return taken.body, [note.kind.value for note in taken.notes]


LONG = (
    "These are words of a verbatim record in but one long line, as the United Nations keep them: each is a paragraph."
)
WRAPPED = (
    "Ladies and gentlemen, this line was broken by some program,\n"
    "for mail, at sixty characters, so that they are read\nas one."
)
PLAIN = [
    ("One.\n\nTwo.\r\n\r\n\r\nThree.", "One.\n\nTwo.\n\nThree.\n", []),
    (f"{LONG}\n{LONG}\n", f"{LONG}\n\n{LONG}\n", ["paragraphs"]),
    (WRAPPED, WRAPPED.replace("\n", " ") + "\n", ["wrapped"]),
    ("Roses are red,\nviolets blue.", "Roses are red,\\\nviolets blue.\n", []),
    ("# 1\n\n- a\n\n> b\n\n    c", "\\# 1\n\n\\- a\n\n\\> b\n\nc\n", []),
    ("a\n---", "a\\\n\\---\n", []),
    ("snake_case and 2 * 3 * 4", "snake_case and 2 \\* 3 \\* 4\n", []),
    ("a\fb\u2029c", "a\n\nb\n\nc\n", []),
    ("a\x07b", "ab\n", ["control"]),
]


@pytest.mark.parametrize(("text", "expected", "notes"), PLAIN)
def test_plain_text_reads_as_it_is_written(text: str, expected: str, notes: list[str]) -> None:
    assert take(text) == (expected, notes)


SAID = {
    "cp1252": "L’été, c’est déjà fini à Genève : voilà où nous en sommes, après tant d’années d’efforts.",
    "cp1250": "Szanowni Państwo, spotykamy się dziś, aby rozmawiać o bezpieczeństwie granic i przyszłości.",
    "cp1251": "Уважаемые коллеги, сегодня мы собрались здесь, чтобы обсудить безопасность наших границ и будущее.",
    "cp1256": "السيد الرئيس، أصحاب المعالي، نجتمع اليوم في لندن من أجل أمن الحدود ومستقبل شعوبنا في كل مكان.",
    "gb18030": "尊敬的各位代表,女士们先生们,今天我们在伦敦开会讨论边境安全问题,感谢主席先生的邀请和安排。",
    "shift_jis": "議長、各国代表の皆様、本日はロンドンにお招きいただき、心より感謝を申し上げたいと思います。",
}


@pytest.mark.parametrize("encoding", SAID)
def test_letters_are_told_without_a_mark(encoding: str) -> None:
    assert take(SAID[encoding].encode(encoding)) == (SAID[encoding] + "\n", ["letters"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_letters_that_the_file_tells(encoding: str) -> None:
    assert take("Größe 边境 أمن".encode(encoding)) == ("Größe 边境 أمن\n", [])


MARKDOWN = [
    (
        "A **b** [c](https://d.example/).\n\n| a |\n|---|\n| b |\n",
        "A **b** [c](https://d.example/).\n\n| a |\n|---|\n| b |\n",
        [],
    ),
    ("a <b>bold</b><br>c", "a bold\\\nc\n", ["html"]),
    ("## H\n\na\n\n<div onclick=x>kept <script>gone()</script></div>\n\nb", "## H\n\na\n\nkept\n\nb\n", ["html"]),
    ("a ![a dog](dog.png) b", "a b\n", ["image"]),
    ("[a](javascript:b) [c](ftp://d/)", "\\[a\\](javascript:b) c\n", ["link"]),
    ("a[^1] b.\n\n[^1]: The note\n  goes on.\n", "a b.\n", ["footnote"]),
    ("a [^1]", "a [^1]\n", []),
]


@pytest.mark.parametrize(("text", "expected", "notes"), MARKDOWN)
def test_markdown_without_what_no_reader_gets(text: str, expected: str, notes: list[str]) -> None:
    assert take(text, "speech.md") == (expected, notes)


def test_front_lines_and_a_first_heading_give_the_title() -> None:
    front = files.read(filename="a.md", content=b'---\ntitle: "Opening"\ndate: 2025\n---\n# One\n\nWords.\n')
    assert (front.title, front.body) == ("Opening", "# One\n\nWords.\n")
    heading = files.read(filename="a.md", content=b"# Opening *now*\n\nWords.\n\n## Part\n\nMore.\n")
    assert (heading.title, heading.body) == ("Opening now", "Words.\n\n## Part\n\nMore.\n")
    two = files.read(filename="a.md", content=b"# One\n\nWords.\n\n# Two\n\nMore.\n")
    assert (two.title, two.body) == ("", "# One\n\nWords.\n\n# Two\n\nMore.\n")


def test_a_rewritten_text_keeps_its_parts() -> None:
    text = "# A\n\n# B\n\n1. one\n2. two\n   - deep\n\n> said <i>so</i>\n\n```\ncode\n```\n\n---\n\n"
    text += "| a | b |\n|---|---|\n| c | d |\n"
    body, notes = take(text, "a.md")
    assert notes == ["html"]
    assert to_blocks(body) == to_blocks(text.replace("<i>", "").replace("</i>", ""))
