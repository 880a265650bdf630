"""Files sent to the API: as a form field, or as the body itself."""

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.parsers import BaseParser, DataAndFiles

from rcm.errors import Refusal


class RawFileParser(BaseParser):
    """The body is the file; ``?name=`` is its name. `limit` names the setting of its size."""

    media_type = "*/*"
    limit = "INTERCHANGE_FILE_LIMIT"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Any = None
    ) -> DataAndFiles:  # type: ignore[type-arg]  # generic in the stubs only
        request = (parser_context or {})["request"]
        limit = getattr(settings, self.limit)
        content = stream.read(limit + 1)
        refuse_large(len(content), limit)
        name = "".join(sign for sign in request.query_params.get("name", "") if sign.isprintable())
        return DataAndFiles({}, {"file": SimpleUploadedFile(name or "unnamed", content)})


def refuse_large(size: int, limit: int) -> None:
    """Raises Refusal 413 for a file above the limit, before its content is held in memory."""
    if size > limit:
        message = f"The file is larger than {limit // 1024 // 1024} MB."
        raise Refusal("file_too_large", message, status=413, fields={"file": message})
