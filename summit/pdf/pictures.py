"""Pictures as typst sources get them: as SVG, since their data are JSON, which has no bytes."""

from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image

_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}">'
    '<image width="{0}" height="{1}" href="data:image/png;base64,{2}"/></svg>'
)


def png_picture(content: bytes | None) -> dict[str, Any] | None:
    """Return a PNG as `svg` with its `ratio` of width to height, or None without a picture."""
    if not content:
        return None
    # Only the header is read.
    with Image.open(BytesIO(content), formats=("PNG",)) as opened:
        width, height = opened.size
    return {"svg": _SVG.format(width, height, b64encode(content).decode()), "ratio": width / height}
