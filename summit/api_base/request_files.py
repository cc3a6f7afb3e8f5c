"""Files in requests: in Base64 within JSON or, for longer files, as a part of a form (multipart/form-data).

An operation that takes a file accepts both. A form is parsed like the forms of the desk's pages: a long file is
written to disk, and a file that is too large is never loaded into memory.
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
from summit.core.file_sizes import MEGABYTE, megabytes, too_large

FORM = MultiPartParser.media_type
# The limits in bytes: for a file, and for a form with its fields and boundaries.
LARGEST_FILE = 20 * MEGABYTE
LARGEST_FORM = LARGEST_FILE + MEGABYTE
BASE64 = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"


class ContentField(serializers.Field[bytes, Any, Any, Any]):
    """The bytes of a file, in Base64 (RFC 4648, 4) or as a part of a form. `largest` is the limit in bytes."""

    def __init__(self, *, largest: int = LARGEST_FILE, **kwargs: Any) -> None:
        self.largest = largest
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> bytes:
        """Return the bytes of the file. Raises ValidationError for invalid Base64 and for a file that is too large.

        A file that is too large isn't read.
        """
        if isinstance(data, UploadedFile):
            self._check_size(data.size or 0)
            data.seek(0)
            return bytes(data.read())
        try:
            encoded = data.encode("ascii") if isinstance(data, str) else None
            if encoded is not None:
                self._check_size(len(encoded) * 3 // 4 - encoded[-2:].count(b"="))
                return base64.b64decode(encoded, validate=True)
        except (binascii.Error, UnicodeEncodeError):
            pass
        raise serializers.ValidationError(_("Send the file as %(form)s.") % {"form": "Base64 (RFC 4648)"})

    def to_representation(self, value: Any) -> Any:
        """Raise NotImplementedError: responses never contain this field, because files have URLs of their own."""
        raise NotImplementedError

    def _check_size(self, size: int) -> None:
        if size > self.largest:
            message = _("This file is %(size)s MB. Reduce it to %(limit)s MB or less.")
            raise serializers.ValidationError(message % too_large(size, self.largest))


class _Part(serializers.Field[bytes, Any, Any, Any]):
    """A file as a part of a form. Only the OpenAPI description uses this field."""


class _ContentDescribed(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "summit.api_base.request_files.ContentField"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of a file in JSON."""
        return {"type": "string", "contentEncoding": "base64", "pattern": BASE64}


class _PartDescribed(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = "summit.api_base.request_files._Part"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Return the schema of a file in a form."""
        return {"type": "string", "format": "binary"}


@functools.cache
def takes_files(taken: Any) -> bool:
    """Return whether the serializer class `taken`, the input of an operation or None, may contain a file."""
    return taken is not None and any(isinstance(each, ContentField) for each in taken().fields.values())


# Operations with the same input share its form: two of one name would be two components.
@functools.cache
def described(taken: Any) -> Any:
    """Return the serializer `taken` for the OpenAPI description.

    If it may contain a file, return a dict from media type to serializer, because it may also be sent as a form.
    """
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
    """Raise Problem for a form that is longer than LARGEST_FORM, before any of it is read.

    Django limits the length of all other bodies.
    """
    if is_form(request) and int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
        raise Problem("too-large", _("A file may have up to %(limit)s MB.") % {"limit": megabytes(LARGEST_FILE)})


def is_form(request: HttpRequest) -> bool:
    """Return whether the body of a request is a form."""
    return request.content_type == FORM


def body_of(data: Any) -> Any:
    """Return a JSON body unchanged, and a form as a dict from the name of each part to its value.

    Raises ParseError for a name that occurs twice or contains a NUL.
    """
    if not isinstance(data, QueryDict):
        return data
    values = {name: parts[0] for name, parts in data.lists() if len(parts) == 1}
    if len(values) < len(data) or any("\0" in name for name in values):
        raise ParseError
    return values


def digest_of(body: Mapping[str, Any]) -> bytes:
    """Return a digest of a form's content. It is the same for forms with the same parts and different boundaries."""
    parts = (hashlib.sha256(name.encode()).digest() + _part_of(value) for name, value in sorted(body.items()))
    return hashlib.sha256(b"".join(parts)).digest()


def _part_of(value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return b"text" + hashlib.sha256(str(value).encode()).digest()
    file: Any = value.file
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").digest()
    file.seek(0)
    return b"file" + digest
