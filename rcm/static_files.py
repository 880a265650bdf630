"""Static files as they are served: the list of stylesheets becomes one file at collectstatic.

In development the browser follows the @import lines of css/app.css. Thirty small requests would
cost the first page its second, so the collected copy holds the text of every imported file inside
its layer, without comments and indentation.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import (  # type: ignore[import-untyped]  # ships no types
    CompressedManifestStaticFilesStorage,
)

ENTRY = "css/app.css"
_IMPORT = re.compile(r'@import url\("([^"]+)"\)\s*(?:layer\((\w+)\))?;')
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def join_stylesheets(source: Storage, entry: str = ENTRY) -> str:
    """The text of `entry` with its imports put in place, each inside the layer it names."""
    folder = entry.rpartition("/")[0]

    def put_in(match: re.Match[str]) -> str:
        text = _read(source, f"{folder}/{match[1]}")
        return f"@layer {match[2]} {{ {text} }}" if match[2] else text

    return squeeze_css(_IMPORT.sub(put_in, _read(source, entry)))


def squeeze_css(text: str) -> str:
    """The same rules without comments, line breaks and spaces that carry no meaning."""
    text = re.sub(r"\s+", " ", _COMMENT.sub("", text))
    text = re.sub(r"\s*([{};,])\s*", r"\1", text)
    # a space before a colon selects descendants, only the one after a property name can go
    return re.sub(r"([{;][\w-]+:) ", r"\1", text).replace(";}", "}").strip()


def _read(source: Storage, name: str) -> str:
    with source.open(name) as stylesheet:
        return str(stylesheet.read().decode())


class OneStylesheetStorage(CompressedManifestStaticFilesStorage):
    """WhiteNoise's hashed and compressed files, with css/app.css written as one file."""

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Replace the collected entry by the joined text before names are hashed."""
        if ENTRY in paths and not dry_run:
            source, _ = paths[ENTRY]
            joined = join_stylesheets(source)
            self.delete(ENTRY)
            self.save(ENTRY, ContentFile(joined.encode()))
            paths = {**paths, ENTRY: (self, ENTRY)}
        yield from super().post_process(paths, dry_run, **options)
