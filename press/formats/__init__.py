"""A published text in other formats: Akoma Ntoso, ninjs, JSON-LD, Atom, JSON Feed, oEmbed, PDF, plain text."""

from collections.abc import Callable

from press.formats import akomantoso, jsonld, ninjs, pdf, plain
from press.published_texts.selectors import Reading

# From the suffix of URLs to the media type, and to the function that writes the format.
WRITERS: dict[str, tuple[str, Callable[[Reading], bytes]]] = {
    "txt": ("text/plain; charset=utf-8", plain.write),
    "pdf": ("application/pdf", pdf.write),
    "xml": ("application/akn+xml; charset=utf-8", akomantoso.write),
    "json": ("application/json; charset=utf-8", ninjs.write),
    "jsonld": (jsonld.MEDIA_TYPE, jsonld.write),
}
