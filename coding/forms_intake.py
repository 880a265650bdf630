"""Forms of intake: files to bring in, why a message is discarded, which visit a document is of."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from coding.models import Document, Encounter
from rcm.models import Practice


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or more files, each checked like one."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        return [super(ManyFilesField, self).clean(one, initial) for one in given]


class ForVisitForm(forms.Form):
    """A visit by its number."""

    visit = forms.CharField(
        required=False,
        max_length=20,
        label="Visit number",
        help_text="For documents. Empty: the file name begins with it, as in V00012_operative.pdf.",
    )

    def __init__(self, *args: Any, practice: Practice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.practice = practice

    def clean_visit(self) -> Encounter | None:
        number = self.cleaned_data["visit"].strip()
        if not number:
            return None
        found = Encounter.objects.filter(practice=self.practice, number__iexact=number).first()
        if found is None:
            raise forms.ValidationError(f"No visit has the number {number}.")
        return found


class IntakeUploadForm(ForVisitForm):
    """Messages and documents from a person's computer."""

    file = ManyFilesField(
        label="Messages and documents",
        help_text="HL7, FHIR JSON, text, PDF, Word, or a ZIP of them",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    kind = forms.ChoiceField(
        required=False,
        label="Kind of document",
        choices=[("", "From the file name"), *Document.Kind.choices],
    )

    field_order = ("file", "visit", "kind")

    def clean_file(self) -> list[UploadedFile]:
        files: list[UploadedFile] = self.cleaned_data["file"]
        limit = settings.INTAKE_LIMIT
        if any((file.size or 0) > limit for file in files):
            raise forms.ValidationError(f"A file is larger than {limit // 1024 // 1024} MB.")
        return files


class DocumentVisitForm(ForVisitForm):
    """The visit a document belongs to; required here."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["visit"].required = True
        self.fields["visit"].help_text = ""


class DiscardForm(forms.Form):
    reason = forms.CharField(max_length=200, label="Why it is not needed")


class IdsForm(forms.Form):
    """Rows chosen in a list."""

    ids = forms.TypedMultipleChoiceField(coerce=int, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("ids") if hasattr(self.data, "getlist") else []
        # Whose rows they are the action asks; here they are numbers at all.
        self.fields["ids"].choices = [  # type: ignore[attr-defined]  # a choice field
            (text, text) for text in given if text.isdecimal() and len(text) < 19
        ]


class IntakeFilters(forms.Form):
    """Filters of the list, all in the address."""

    q = forms.CharField(required=False, max_length=60)
    kind = forms.CharField(required=False, max_length=8)
    source = forms.CharField(required=False, max_length=8)
