"""Forms of paper EOBs. Amounts are read by billing.rules.manual_entry, never by a locale."""

from decimal import Decimal
from typing import Any

from django import forms

from billing.actions.manual_twins import Payment, describe, find_twin
from billing.manual_facts import entry_of
from billing.models import Claim, ManualBatch, ManualClaim, ManualLine
from billing.rules.manual_entry import CELLS, NotAnAmount, parse_amount, read_line
from payers.models import Payer
from rcm.models import Practice
from rcm.money import from_cents

NAMES_SHOWN = 12


class AmountField(forms.CharField):
    """A typed amount as Decimal."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(max_length=30, widget=widget, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return from_cents(parse_amount(text)) if text else None
        except NotAnAmount as error:
            raise forms.ValidationError(str(error)) from error


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class HeadForm(forms.Form):
    """The head of a batch. Asks for a reason when the payment is here already."""

    payer = forms.ModelChoiceField(Payer.objects.none(), label="Payer")
    method = forms.ChoiceField(choices=ManualBatch.Method.choices, label="Method")
    trace_number = forms.CharField(max_length=50, label="Check or EFT number")
    control_total = AmountField(label="Control total")
    paid_on = day_field("Check date")
    deposited_on = day_field("Deposit date", required=False)
    reason = forms.CharField(
        max_length=300, required=False, label="Why key it although it is here", strip=True
    )

    def __init__(
        self, *args: Any, practice: Practice, batch: ManualBatch | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        payers = Payer.objects.filter(practice=practice).order_by("name")
        self.fields["payer"].queryset = payers  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_control_total(self) -> Decimal:
        total: Decimal = self.cleaned_data["control_total"]
        if total < 0:
            raise forms.ValidationError("The amount of a payment is not negative.")
        return total

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        if self.errors:
            return values
        total = values["control_total"]
        if (values["method"] == ManualBatch.Method.NONE) != (total == 0):
            self.add_error("method", "A payment of 0.00 is “No payment”, and no other is.")
        payment = Payment(values["payer"], values["trace_number"], values["paid_on"], total)
        twin = find_twin(payment, but=self.batch)
        if twin is not None and not values["reason"]:
            self.add_error("reason", f"{describe(twin)} is here already: it would post twice.")
        return values

    @property
    def asks_reason(self) -> bool:
        return bool(self.errors.get("reason") or self["reason"].value())


def head_of(batch: ManualBatch) -> dict[str, Any]:
    """Initial values of HeadForm."""
    names = ("payer", "method", "trace_number", "paid_on", "deposited_on", "control_total")
    return {name: getattr(batch, name) for name in (*names, "reason")}


class JumpForm(forms.Form):
    """The next claim of the EOB: our number, or the patient's name."""

    claim = forms.CharField(
        max_length=60, label="Claim or patient", error_messages={"required": "Name the claim."}
    )
    again = forms.BooleanField(required=False, label="It stands on the EOB again: add it once more")

    def __init__(self, *args: Any, batch: ManualBatch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.candidates: list[Claim] = []
        self.is_twice = False
        self.fields["claim"].widget.attrs |= {"data-key": "/", "autocomplete": "off"}

    def clean_claim(self) -> Claim:
        """The one claim meant. Several of a name are kept in `candidates` to choose from."""
        text = self.cleaned_data["claim"].strip()
        sent = Claim.objects.filter(practice=self.batch.practice_id).exclude(submitted_at=None)
        found = sent.filter(patient_control_number=text.upper()).first()
        if found is None:
            last, _, first = (part.strip() for part in text.partition(","))
            named = sent.filter(payer=self.batch.payer_id, patient__last_name__istartswith=last)
            if first:
                named = named.filter(patient__first_name__istartswith=first)
            rows = named.select_related("patient").order_by("-date_of_service", "-pk")
            self.candidates = list(rows[:NAMES_SHOWN])
            if not self.candidates:
                raise forms.ValidationError("No claim sent to this payer has this number or name.")
            if len(self.candidates) > 1:
                raise forms.ValidationError("Choose one of the claims of this name.")
            found = self.candidates.pop()
        return found

    def clean(self) -> dict[str, Any]:
        values = self.cleaned_data
        claim = values.get("claim")
        if claim is not None and not values.get("again"):
            known = ManualClaim.objects.filter(batch=self.batch, claim=claim).first()
            if known is not None:
                self.is_twice = True
                place = f"number {known.position}"
                self.add_error("claim", f"Claim {claim} is in this batch already, as {place}.")
        return values


class LineForm(forms.Form):
    """One row of the grid: its cells as typed, and the version they were typed over."""

    version = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, line: ManualLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        for name in CELLS:
            limit = 300 if name in ("others", "reason") else 30
            self.fields[name] = forms.CharField(required=False, max_length=limit)

    @property
    def cells(self) -> dict[str, str]:
        return {name: self.data.get(name, "").strip() for name in CELLS}

    def clean(self) -> dict[str, Any]:
        billed = entry_of(self.line, self.line.manual_claim.status_code).billed
        _, errors = read_line(self.cells, billed)
        for name, message in errors.items():
            if name not in self.errors:
                self.add_error(name, message)
        return self.cleaned_data


class ClaimForm(forms.Form):
    """Status and the payer's number of one claim."""

    status_code = forms.ChoiceField(choices=ManualClaim.Status.choices, label="Status")
    payer_claim_control_number = forms.CharField(
        max_length=50, required=False, label="Payer's number"
    )
    version = forms.IntegerField(min_value=1, widget=forms.HiddenInput)


class AdjustmentForm(forms.Form):
    """What the payer kept back (positive) or added (negative) outside of claims."""

    code = forms.CharField(min_length=2, max_length=2, label="Code")
    reference = forms.CharField(max_length=50, required=False, label="Reference")
    amount = AmountField(label="Kept back (negative: added)")

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError("An adjustment of 0.00 changes nothing.")
        return amount

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().upper()
        if not (code.isascii() and code.isalnum() and len(code) == 2):
            raise forms.ValidationError("The code has two characters, such as WO.")
        return code


class PageForm(forms.Form):
    """A scanned page."""

    file = forms.FileField(
        label="PDF, JPG or PNG",
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        max_length=300, label="Reason", error_messages={"required": "Say why."}
    )
