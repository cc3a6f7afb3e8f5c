"""Find the texts in a folder, and the party and language of each by its file name."""

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from press.imports.files import ENDINGS


@dataclass(frozen=True)
class SpeechFile:
    """A file with a speech.

    `name` is the path relative to the folder. `code` is the code of the party in capitals, and `language` a language
    code.
    """

    path: Path
    name: str
    code: str
    language: str


def gather(folder: Path, *, language: str) -> tuple[list[SpeechFile], list[str]]:
    """Return the speeches in a folder, and the names of other files. Hidden files are ignored.

    The speeches are sorted by code, with those in `language` first. The file name has the code, and may have the
    language: `FRA.txt` is in `language`, and `fr/FRA.md` and `FRA.fr.md` are in French. Raises OSError.
    """
    speeches, others = list[SpeechFile](), list[str]()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = path.relative_to(folder)
        if any(part.startswith(".") for part in name.parts):
            continue
        if path.suffix.lower() not in ENDINGS:
            others.append(str(name))
            continue
        code, _point, language_suffix = path.stem.partition(".")
        language_folders = [part for part in name.parts[:-1] if part.lower() in dict(settings.LANGUAGES)]
        file_language = (language_suffix or (language_folders[-1] if language_folders else language)).lower()
        speeches.append(SpeechFile(path, str(name), code.upper(), file_language))
    # For each code, the language that becomes authoritative comes first.
    return sorted(speeches, key=lambda file: (file.code, file.language != language, file.name)), others
