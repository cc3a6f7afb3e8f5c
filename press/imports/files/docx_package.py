"""Open the parts of a DOCX file, which is a ZIP archive of XML files.

The unpacked size and the number of tags are limited, so that no file uses too much time or memory. External entities
are never read.
"""

import io
import posixpath
import zipfile
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from press.imports.files.report import Heavy, Unreadable

# The most bytes and the most tags of all unpacked parts together. A speech of 200,000 characters has fewer, even if
# the word processor marks each word.
MOST_UNPACKED = 60 * 1024 * 1024
MOST_SIGNS = 1_000_000
# The limits of a small file. Most speeches are small, and a small file is read within a second.
SMALL_UNPACKED, SMALL_SIGNS = 4 * 1024 * 1024, 50_000
CHUNK = 1024 * 1024

Element = Any


@dataclass
class Package:
    """An opened DOCX file.

    `document` is the main part. `parts` is a dict from kinds of part to the related parts, and `targets` a dict from
    the ids of relationships to the targets of links. `macros` says whether the file contains macros.
    """

    document: Element
    targets: dict[str, str] = field(default_factory=dict)
    parts: dict[str, list[Element]] = field(default_factory=dict)
    macros: bool = False

    def first(self, kind: str) -> Element | None:
        """Return the first part of a kind, such as "styles", or None if there is none."""
        return next(iter(self.parts.get(kind, ())), None)


def local(element: Element) -> str:
    """Return the name of an element without the namespace, or "" for a comment or processing instruction.

    Namespaces are ignored because they are the only difference between strict and transitional DOCX files.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def attribute(element: Element | None, name: str) -> str:
    """Return the value of the attribute with a name, in any namespace, or "" if there is none."""
    if element is None:
        return ""
    return next((str(value) for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def child(element: Element | None, *path: str) -> Element | None:
    """Return the element at a path of names below an element, always the first of a name, or None."""
    for name in path:
        element = next((each for each in element if local(each) == name), None) if element is not None else None
    return element


_READ = frozenset({"styles", "numbering", "footnotes", "endnotes", "comments", "header", "footer"})


def open_docx(content: bytes, *, small: bool) -> Package:
    """Open a DOCX file, and return its parts.

    Raises Unreadable, with a message for the user, for a file that isn't a DOCX file, is broken or locked, or exceeds
    the limits. Raises Heavy if `small` is true and the file isn't small.
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
        raise Unreadable(_("The file is locked. Save it without a password and choose it again.")) from problem
    except Exception as problem:
        # Broken compressed data raises errors of the compression library.
        raise Unreadable(_broken()) from problem


def _broken() -> str:
    return _("This file can’t be read as DOCX. Open it, save it as DOCX and choose that file.")


class _Opening:
    """Reads the parts of a file, and raises an error when their bytes or tags exceed the limits."""

    def __init__(self, packed: zipfile.ZipFile, small: bool) -> None:
        self.packed, self.small = packed, small
        self.names = set(packed.namelist())
        self.left, self.signs = (SMALL_UNPACKED, SMALL_SIGNS) if small else (MOST_UNPACKED, MOST_SIGNS)

    def package(self) -> Package:
        main = next(target for kind, target, _key in self._relations("", "_rels/.rels") if kind == "officeDocument")
        document = self._part(main)
        if local(document) != "document":
            raise Unreadable(_("This file is not a text document. Choose one saved as DOCX."))
        package = Package(document, macros=any(name.lower().endswith("vbaproject.bin") for name in self.names))
        folder, _slash, name = main.rpartition("/")
        for kind, target, key in self._relations(folder, f"{folder}/_rels/{name}.rels"):
            if kind == "hyperlink":
                package.targets[key] = target
            elif kind in _READ and target in self.names:
                package.parts.setdefault(kind, []).append(self._part(target))
        return package

    def _relations(self, folder: str, name: str) -> list[tuple[str, str, str]]:
        """Return the kind, target and id of each relationship of a part.

        A target in the same file is the name of a part.
        """
        if name not in self.names:
            return []
        relations = []
        for element in self._part(name):
            kind = attribute(element, "Type").rpartition("/")[2]
            target = attribute(element, "Target")
            if attribute(element, "TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            relations.append((kind, target, attribute(element, "Id")))
        return relations

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
                    raise Unreadable(_("The file is too large when unpacked. Copy the text into a new file."))
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
        root = etree.fromstring(bytes(content), parser)
        docinfo: Any = root.getroottree().docinfo
        if docinfo.doctype:
            # Word processors write no DOCTYPE. Entities, which could expand too far, can only be declared in one.
            raise Unreadable(_broken())
        return root
