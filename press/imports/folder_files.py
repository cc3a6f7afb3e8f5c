"""Find the speeches among the files of a folder, and the party and language of each by its file name."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.conf import settings

from press.imports.files import ENDINGS


@dataclass(frozen=True)
class SpeechFile:
    """A file with a speech.

    `name` is the path relative to the folder. `code` is the code of the party in capitals, and `language` a language
    code.
    """

    name: str
    content: bytes
    code: str
    language: str


def is_speech(name: str) -> bool:
    """Return whether a file has the suffix of a text. Hidden files have none."""
    path = PurePosixPath(name)
    return path.suffix.lower() in ENDINGS and not is_hidden(name)


def is_hidden(name: str) -> bool:
    """Return whether a file, or a folder around it, is hidden."""
    return any(part.startswith((".", "__MACOSX")) for part in PurePosixPath(name).parts)


def gather(files: Mapping[str, bytes], *, language: str) -> list[SpeechFile]:
    """Return the speeches among files, which are given by their paths. Other files are ignored.

    The speeches are sorted by code, with those in `language` first. The file name has the code, and may have the
    language: `FRA.txt` is in `language`, and `fr/FRA.md` and `FRA.fr.md` are in French.
    """
    speeches = []
    for name in filter(is_speech, files):
        path = PurePosixPath(name)
        code, _point, language_suffix = path.stem.partition(".")
        language_folders = [part for part in path.parts[:-1] if part.lower() in dict(settings.LANGUAGES)]
        file_language = (language_suffix or (language_folders[-1] if language_folders else language)).lower()
        speeches.append(SpeechFile(name, files[name], code.upper(), file_language))
    # For each code, the language that becomes authoritative comes first.
    return sorted(speeches, key=lambda file: (file.code, file.language != language, file.name))
