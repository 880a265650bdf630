"""Forms of claims: which rejected ones, whose they are; a file that goes with a claim."""

from django import forms
from django.db.models import QuerySet

from billing.actions.rejections import SENT_AT_ONCE
from billing.models import Rejection
from billing.rules.attachment_kinds import REPORT_TYPES, TRANSMISSIONS


class OwnerForm(forms.Form):
    """The person who works on it."""

    person = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, error_messages={"required": "Choose a person."}
    )


class RejectionsForm(forms.Form):
    """Rejections by id (`ids`), or all of one `reason`, the earliest clock first."""

    reason = forms.CharField(max_length=60, required=False)

    def chosen(self, waiting: QuerySet[Rejection]) -> list[int]:
        """The ids asked for; at most SENT_AT_ONCE of a reason, so that a click stays quick."""
        self.is_valid()
        reason = self.cleaned_data.get("reason", "")
        if reason:
            rows = waiting.filter(reason=reason).order_by("due_at", "pk")
            return list(rows.values_list("pk", flat=True)[:SENT_AT_ONCE])
        given = self.data.getlist("ids")  # type: ignore[attr-defined]  # a QueryDict
        return [int(text) for text in given if text.isascii() and text.isdigit() and len(text) < 19]


class AttachmentForm(forms.Form):
    """A file, what it is and how it goes to the payer."""

    file = forms.FileField(
        label="PDF, PNG, JPEG, TIFF or text",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.tif,.tiff,.txt"}),
    )
    report_type = forms.ChoiceField(label="What it is", choices=list(REPORT_TYPES.items()))
    transmission = forms.ChoiceField(label="How it goes", choices=list(TRANSMISSIONS.items()))
