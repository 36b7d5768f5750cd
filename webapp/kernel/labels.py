"""QR codes for printed labels, as inline SVG made by segno."""

import segno
from markupsafe import Markup


def qr_svg(text: str, title: str) -> Markup:
    """An inline SVG of the QR code of `text`, with error correction M so that a scratched label is still readable."""
    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(scale=4, border=2, title=title, svgclass="qr", lineclass=None, omitsize=True))
