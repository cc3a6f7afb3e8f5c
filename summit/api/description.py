"""Stores the OpenAPI description in files, written once for each version of the program.

Writing takes seconds for each language. `manage.py describe_api` writes all files below VAR_DIR when the program is
installed. If a file is missing, the first request writes it. If that fails, each process keeps the description in
memory.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiYamlRenderer

RENDERERS: dict[str, Any] = {"json": OpenApiJsonRenderer, "yaml": OpenApiYamlRenderer}


def folder() -> Path:
    """Return the folder of the files with the description."""
    path: Path = settings.VAR_DIR / "api-description"
    return path


@lru_cache(maxsize=16)
def read(form: str, language: str) -> bytes:
    """Return the description in a language, as "json" or "yaml".

    If there is no file, the description is written now.
    """
    path = _path(form, language)
    if path.exists():
        return path.read_bytes()
    return write(language)[form]


def write(language: str) -> dict[str, bytes]:
    """Write the description in a language, and return a dict from "json" and "yaml" to its content.

    The content is also stored in files, if possible.
    """
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        contents = {form: renderer().render(schema, renderer_context={}) for form, renderer in RENDERERS.items()}
    for form, content in contents.items():
        _store(_path(form, language), content)
    return contents


def write_all() -> int:
    """Write the missing files of the description in all interface languages, and return their number.

    Files of other versions of the program are deleted.
    """
    paths_by_language = {
        language: [_path(form, language) for form in RENDERERS] for language in settings.INTERFACE_LANGUAGES
    }
    missing = [language for language, paths in paths_by_language.items() if not all(path.exists() for path in paths)]
    for language in missing:
        write(language)
    current = {path for paths in paths_by_language.values() for path in paths}
    for path in folder().glob("*"):
        if path not in current:
            path.unlink(missing_ok=True)
    return len(missing) * len(RENDERERS)


def _path(form: str, language: str) -> Path:
    return folder() / f"{_version()}.{language}.{form}"


def _store(path: Path, content: bytes) -> None:
    """Write a file completely or not at all.

    If the folder isn't writable, nothing is written and no exception is raised: the process then uses the
    content that it has in memory.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content)
        os.chmod(file.name, 0o644)
        os.replace(file.name, path)
    except OSError:
        return


@lru_cache(maxsize=1)
def _version() -> str:
    """Return a hash of the sizes and modification times of the program's sources and translations."""
    stats = ((path, path.stat()) for path in sorted(set(_sources())))
    listing = "\n".join(f"{path}:{stat.st_size}:{stat.st_mtime_ns}" for path, stat in stats)
    return hashlib.sha256(listing.encode()).hexdigest()[:16]


def _sources() -> Iterator[Path]:
    for app in apps.get_app_configs():
        yield from Path(app.path).rglob("*.py")
    for locale in settings.LOCALE_PATHS:
        yield from Path(locale).rglob("*.mo")
