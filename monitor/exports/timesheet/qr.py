"""The code of a closed month as a QR picture, with nothing fetched and no image library."""

from io import BytesIO

import segno


def as_png(text: str, scale: int = 3) -> BytesIO:
    """A black and white picture for Excel."""
    return _saved(text, "png", scale)


def as_svg(text: str) -> str:
    """A drawing for the PDF."""
    return _saved(text, "svg", 1).getvalue().decode()


def _saved(text: str, kind: str, scale: int) -> BytesIO:
    target = BytesIO()
    segno.make(text, error="m", micro=False).save(target, kind=kind, scale=scale, border=2)
    target.seek(0)
    return target
