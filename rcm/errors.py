"""Refusal: the one way an action says no. The middleware shows it; views do not catch it."""

from typing import Any


class Refusal(Exception):
    """A reason a person can act on.

    `code` is stable and for programs, `message` is the sentence people read, `fields` maps form
    fields to messages, `status` is the HTTP answer: 422 unless somebody was first (409), the
    role does not allow it (403) or the request itself is wrong (400, 413).
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 422,
        fields: dict[str, str] | None = None,
        **data: Any,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = fields or {}
        self.data = data

    @property
    def content(self) -> dict[str, Any]:
        """The answer for programs."""
        return {"code": self.code, "message": self.message, "fields": self.fields}
