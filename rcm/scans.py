"""Scanned pages as a printer takes them: each page of a TIFF, and any PNG or JPEG, whole or not."""

from io import BytesIO

from PIL import Image, ImageSequence

from rcm.pdf import NotReadable

# A letter page at 1200 dpi is 134 million; a smaller file can claim to unfold to far more.
MOST_PIXELS = 140_000_000
MOST_PAGES = 200
# What a PDF holds as it is. Anything else is laid out anew, without loss.
_PLAIN = {"PNG": ("1", "L", "LA", "P", "RGB", "RGBA"), "JPEG": ("L", "RGB")}


def split_pages(content: bytes) -> list[tuple[str, bytes]]:
    """Each page as ("png" or "jpg", its bytes). Every pixel is read, so that a page is whole.

    Raises NotReadable for bytes that are no whole PNG, JPEG or TIFF, or too large to print.
    """
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as image:
            return _pages_of(image, content)
    # Pillow raises these for broken files, by format; a bomb is a file that unfolds without end.
    except (OSError, ValueError, SyntaxError, EOFError, TypeError, LookupError) as error:
        raise NotReadable("The image is broken.") from error
    except Image.DecompressionBombError as error:
        raise NotReadable("The image is too large to print.") from error


def _pages_of(image: Image.Image, content: bytes) -> list[tuple[str, bytes]]:
    kind = image.format or ""
    if getattr(image, "n_frames", 1) > MOST_PAGES:
        raise NotReadable(f"The file has more than {MOST_PAGES} pages.")
    _refuse_large(image)
    if image.mode in _PLAIN.get(kind, ()):
        image.load()
        return [("png" if kind == "PNG" else "jpg", content)]
    pages = []
    for page in ImageSequence.Iterator(image) if kind == "TIFF" else [image]:
        _refuse_large(page)
        out = BytesIO()
        plain = page if page.mode in _PLAIN["PNG"] else page.convert("RGB")
        plain.save(out, "PNG")
        pages.append(("png", out.getvalue()))
    return pages


def _refuse_large(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise NotReadable("The image is too large to print.")
