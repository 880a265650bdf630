"""Forms of the deposits page: a bank's file, one deposit by hand."""

from django import forms

from billing.forms import UploadForm
from billing.models import BankLine


class StatementForm(UploadForm):
    """One file of the bank."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on
        self.fields["file"].label = "BAI2 or CSV file of the bank"


class BankLineForm(forms.Form):
    """One deposit as a person reads it off the bank's page."""

    deposited_on = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Give the day.", "invalid": "Give a day."},
    )
    amount = forms.DecimalField(
        label="Amount",
        max_digits=12,
        decimal_places=2,
        localize=False,
        error_messages={"required": "Give the amount."},
    )
    method = forms.ChoiceField(label="Method", choices=BankLine.Method)
    trace_number = forms.CharField(
        label="Trace or check number",
        max_length=50,
        required=False,
        help_text="As the remittance states it",
    )
    payer_identifier = forms.CharField(label="Payer’s tax id", max_length=10, required=False)
    description = forms.CharField(label="Text", max_length=500, required=False)
