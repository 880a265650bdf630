"""What the OpenAPI schema says of every endpoint that writes."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.permissions import SAFE_METHODS


class RefusalSerializer(serializers.Serializer[Any]):
    """Why something was not done: `code` for programs, `message` for people."""

    code = serializers.CharField()
    message = serializers.CharField()
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]  # its name on the wire


KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description=(
        "1 to 200 visible characters of your choice, one per act. Sent again with the same request "
        "it gives the first answer; with another request it is refused (409)."
    ),
)
REFUSED = {
    400: OpenApiResponse(RefusalSerializer, description="The key or a field is missing or wrong."),
    409: OpenApiResponse(RefusalSerializer, description="The key stands for another request."),
    422: OpenApiResponse(RefusalSerializer, description="Refused; nothing was changed."),
}


class WriteSchema(AutoSchema):
    """Of a verb: the key, what the view calls its input, its answer, and the refusals."""

    view: Any

    @property
    def is_write(self) -> bool:
        return self.method not in SAFE_METHODS

    def get_override_parameters(self) -> list[Any]:
        found = list(super().get_override_parameters())
        return [*found, KEY] if self.is_write else found

    def get_request_serializer(self) -> Any:
        return self.view.input_class if self.is_write else super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        found = super().get_response_serializers()
        return {self.view.answer_status: found, **REFUSED} if self.is_write else found
