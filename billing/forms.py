"""Forms of the incoming side: a file to receive, a claim to match."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from billing.models import Claim
from rcm.models import Practice


class UploadForm(forms.Form):
    """One X12 file from a person's computer."""

    file = forms.FileField(
        label="835, 999, 277CA or TA1 file",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        limit = settings.INTERCHANGE_FILE_LIMIT
        if (file.size or 0) > limit:
            raise forms.ValidationError(f"The file is larger than {limit // 1024 // 1024} MB.")
        return file


class MatchForm(forms.Form):
    """The number of the claim a payer means."""

    claim = forms.CharField(
        label="Our claim number",
        max_length=20,
        error_messages={"required": "Give the number of the claim."},
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice

    def clean_claim(self) -> Claim:
        number = self.cleaned_data["claim"].strip().upper()
        claims = Claim.objects.filter(practice=self.practice, patient_control_number=number)
        claim = claims.first()
        if claim is None:
            raise forms.ValidationError(f"No claim has the number {number}.")
        if claim.submitted_at is None:
            raise forms.ValidationError(f"Claim {number} was never sent to a payer.")
        return claim
