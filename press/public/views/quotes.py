"""The oEmbed endpoint: a paragraph as a quotation for other sites."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from press.formats import oembed as standard
from press.published_texts.quotations import find_quote
from summit.public_base.public_pages import public_page
from summit.public_base.summits import get_summit

WRITERS = {"json": (standard.JSON, standard.as_json), "xml": (standard.XML, standard.as_xml)}
PLAIN = "text/plain; charset=utf-8"


@public_page("public summit")
def oembed(request: HttpRequest, summit: str) -> HttpResponse:
    """Return the oEmbed 1.0 response for the URL in the parameter `url`.

    The status is 400 without `url`, 404 if `url` isn't the URL of a public text, and 501 for an unsupported format.
    """
    found = get_summit(summit)
    params = request.GET
    writer = WRITERS.get(params.get("format", "json"))
    if writer is None:
        return HttpResponse(_("Request the json or xml format."), status=501, content_type=PLAIN)
    if "url" not in params:
        message = _("Give the address of a text or paragraph as “%(name)s”.") % {"name": "url"}
        return HttpResponse(message, status=400, content_type=PLAIN)
    quote = find_quote(found, params["url"])
    if quote is None:
        raise Http404
    answer = standard.answer(quote, width=_pixels(params.get("maxwidth")), height=_pixels(params.get("maxheight")))
    kind, write = writer
    # Any site may request this, since the response is public.
    return HttpResponse(write(answer), content_type=kind, headers={"Access-Control-Allow-Origin": "*"})


def _pixels(value: str | None) -> int | None:
    valid = value is not None and value.isascii() and value.isdecimal() and len(value) < 6
    return int(value or 0) or None if valid else None
