"""Files in bodies: in Base64 within JSON, or, where they are longer, as they are in a form (multipart/form-data).

An operation that takes a file takes both. A form is read as the desk's pages are: what is long goes through a file on
disk, and nothing of one that is too large is in memory.
"""

import base64
import binascii
import copy
import functools
import hashlib
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser

from summit.api_base.problems import Problem
from summit.core.file_sizes import MEGABYTE, too_large

FORM = MultiPartParser.media_type
# In bytes: a file, and the fields and boundaries around it.
LARGEST_FILE = 20 * MEGABYTE
LARGEST_FORM = LARGEST_FILE + MEGABYTE
BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class ContentField(serializers.Field[bytes, Any, Any, Any]):
    """A file's bytes, of which `largest` may come: in Base64 (RFC 4648, 4), or as a part of a form."""

    def __init__(self, *, largest: int = LARGEST_FILE, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> bytes:
        """Return the bytes; those of too large a file are never read. Raises ValidationError."""
        if isinstance(data, UploadedFile):
            self._check_size(data.size or 0)
            data.seek(0)
            return bytes(data.read())
        try:
            said = data.encode("ascii") if isinstance(data, str) else None
            if said is not None:
                self._check_size(len(said) * 3 // 4 - said[-2:].count(b"="))
                return base64.b64decode(said, validate=True)
        except (binascii.Error, UnicodeEncodeError):
            pass
        raise serializers.ValidationError(_("Write the file as %(form)s.") % {"form": "Base64 (RFC 4648)"})

    def to_representation(self, value: Any) -> Any:
        """Never asked: files are answered at addresses of their own."""
        raise NotImplementedError

    def _check_size(self, size: int) -> None:
        if size > self.largest:
            said = _("This file has %(size)s MB. Make it smaller: up to %(limit)s MB are kept.")
            raise serializers.ValidationError(said % too_large(size, self.largest))


class _Part(serializers.Field[bytes, Any, Any, Any]):
    """A file as a part of a form: only described."""


class _ContentDescribed(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "summit.api_base.file_fields.ContentField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return how a file stands in JSON."""
        return {"type": "string", "contentEncoding": "base64", "pattern": BASE64}


class _PartDescribed(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "summit.api_base.file_fields._Part"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return how a file stands in a form."""
        return {"type": "string", "format": "binary"}


@functools.cache
def takes_files(taken: Any) -> bool:
    """Return whether what is sent (a serializer's class, or None) may hold a file."""
    return taken is not None and any(isinstance(each, ContentField) for each in taken().fields.values())


def described(taken: Any) -> Any:
    """Return what an operation is sent, by media type where it may come as a form too."""
    if not takes_files(taken):
        return taken
    fields = {name: _in_form(each) for name, each in taken().fields.items()}
    form = inline_serializer(f"{taken.__name__.removesuffix('Input')}Form", fields)
    form.__class__.__doc__ = taken.__doc__
    return {"application/json": taken, FORM: form}


def _in_form(field: Any) -> Any:
    if not isinstance(field, ContentField):
        return copy.deepcopy(field)
    return _Part(required=field.required, help_text=field.help_text)


def check_length(request: HttpRequest) -> None:
    """Raise Problem for a form longer than any file that is kept, before a byte of it is read. What is no form has a
    limit of Django's."""
    if is_form(request) and int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
        raise Problem("too-large")


def is_form(request: HttpRequest) -> bool:
    """Return whether a request brings a form."""
    return request.content_type == FORM


def body_of(data: Any) -> Any:
    """Return a body as it came as JSON; of a form, its parts by their names. Raises ParseError for what can't be
    kept or comes twice."""
    if not isinstance(data, QueryDict):
        return data
    found = {name: parts[0] for name, parts in data.lists() if len(parts) == 1}
    if len(found) < len(data) or any("\0" in name for name in found):
        raise ParseError
    return found


def digest_of(body: Mapping[str, Any]) -> bytes:
    """Return what two forms have in common that say the same, whatever stands between their parts."""
    parts = (hashlib.sha256(name.encode()).digest() + _part_of(said) for name, said in sorted(body.items()))
    return hashlib.sha256(b"".join(parts)).digest()


def _part_of(said: Any) -> bytes:
    if not isinstance(said, UploadedFile):
        return b"text" + hashlib.sha256(str(said).encode()).digest()
    file: Any = said.file
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").digest()
    file.seek(0)
    return b"file" + found
