"""Open the parts of a DOCX file, which is a ZIP archive of XML.

Limits apply to size and tags, so that no file takes long or expands too far. External entities are never read.
"""

import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from press.imports.files.report import Heavy, Unreadable

# The most bytes of all unpacked parts together, and the most tags: a speech of 200,000 characters in which the word
# processor marks each word has fewer.
MOST_UNPACKED = 60 * 1024 * 1024
MOST_SIGNS = 1_000_000
# Enough for a usual speech, and read within a second.
SMALL_UNPACKED, SMALL_SIGNS = 4 * 1024 * 1024, 50_000
CHUNK = 1024 * 1024

Element = Any


@dataclass
class Package:
    """An opened file: its main part, related parts by kind, and link targets by relationship id."""

    document: Element
    targets: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[Element]] = field(default_factory=dict)
    macros: bool = False

    def first(self, kind: str) -> Element | None:
        """Return the part of a kind, such as "styles", or None."""
        return next(iter(self.parts.get(kind, ())), None)


def local(element: Element) -> str:
    """Return an element's name without its namespace; "" for comments and processing instructions.

    The strict and the transitional form of the format differ only in namespaces.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element | None, name: str) -> str:
    """Return the value of an attribute, by its name without namespace; "" if it is missing."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element along a path of names, or None."""
    for name in path:
        element = next((each for each in element if local(each) == name), None) if element is not None else None
    return element


_READ = frozenset({"styles", "numbering", "footnotes", "endnotes", "comments", "header", "footer"})


def open_docx(content: bytes, *, small: bool) -> Package:
    """Open a DOCX file and return its parts.

    Raises Unreadable, with a sentence, for a file that isn't a DOCX, is broken, or would take too long; and Heavy if
    `small` is true and the file isn't small.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _Opening(packed, small).package()
    except (Unreadable, Heavy):
        raise
    except (
        zipfile.BadZipFile,
        etree.XMLSyntaxError,
        KeyError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
    ) as problem:
        raise Unreadable(_broken()) from problem
    except (RuntimeError, zipfile.LargeZipFile) as problem:
        # zipfile raises RuntimeError for a file with a password.
        raise Unreadable(_("The file is locked. Save it without a password, and choose it again.")) from problem
    except Exception as problem:
        # Broken compressed data raises errors of the compression library.
        raise Unreadable(_broken()) from problem


def _broken() -> str:
    return _("This file can’t be read as a DOCX. Open it, save it as DOCX, and choose that file.")


class _Opening:
    """Reads parts, and counts their bytes and tags against the limits."""

    def __init__(self, packed: zipfile.ZipFile, small: bool) -> None:
        self.packed, self.small = packed, small
        self.names = set(packed.namelist())
        self.left, self.signs = (SMALL_UNPACKED, SMALL_SIGNS) if small else (MOST_UNPACKED, MOST_SIGNS)

    def package(self) -> Package:
        main = next(target for kind, target, _key in self._relations("", "_rels/.rels") if kind == "officeDocument")
        document = self._part(main)
        if local(document) != "document":
            raise Unreadable(_("This file is no text document. Choose one that was saved as DOCX."))
        package = Package(document, macros=any(name.lower().endswith("vbaproject.bin") for name in self.names))
        folder, _slash, name = main.rpartition("/")
        for kind, target, key in self._relations(folder, f"{folder}/_rels/{name}.rels"):
            if kind == "hyperlink":
                package.targets[key] = target
            elif kind in _READ and target in self.names:
                package.parts.setdefault(kind, []).append(self._part(target))
        return package

    def _relations(self, folder: str, name: str) -> list[tuple[str, str, str]]:
        """Return kind, target and id of a part's relationships. Targets within the file are names of parts."""
        if name not in self.names:
            return []
        found = []
        for element in self._part(name):
            kind = attribute(element, "Type").rpartition("/")[2]
            target = attribute(element, "Target")
            if attribute(element, "TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            found.append((kind, target, attribute(element, "Id")))
        return found

    def _part(self, name: str) -> Element:
        content = bytearray()
        with self.packed.open(name) as part:
            while piece := part.read(CHUNK):
                content += piece
                self.left -= len(piece)
                self.signs -= piece.count(b"<")
                if self.left < 0 or self.signs < 0:
                    if self.small:
                        raise Heavy
                    raise Unreadable(_("The file is too large when it is unpacked. Take the text into a new one."))
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        root = etree.fromstring(bytes(content), parser)
        docinfo: Any = root.getroottree().docinfo
        if docinfo.doctype:
            # Word processors write no DOCTYPE, and entities can be declared only there.
            raise Unreadable(_broken())
        return root
