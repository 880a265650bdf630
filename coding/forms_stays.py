"""What a facility says of a visit, typed on one page and checked field by field."""

from typing import Any

from django import forms
from django.forms.models import model_to_dict

from coding.forms import VersionForm, read
from coding.models import Charge, Encounter, EncounterDiagnosis, PresentOnAdmission
from coding.rules.stay_lines import LISTS, read_lines, read_revenue_charges, write_lines
from coding.rules.stays import REVENUE_FORM, check_stay, is_revenue_code
from rcm.models import Provider

ANSWERS = [("", "Exempt or not said"), *PresentOnAdmission.choices]
SECTIONS = {
    "Bill": ("type_of_bill", "statement_from", "statement_to", "drg"),
    "Admission and discharge": (
        *("admission_on", "admission_time", "admission_type", "admission_source"),
        *("discharge_time", "patient_status", "admitting_diagnosis"),
    ),
    "Providers": ("attending", "operating"),
    "Codes, one per line": LISTS,
}


def digits(count: int, label: str, **more: Any) -> forms.CharField:
    """A short code, in capitals."""
    attrs = {"maxlength": count, "autocomplete": "off", "spellcheck": "false"}
    return forms.CharField(max_length=count, label=label, widget=forms.TextInput(attrs), **more)


def day(label: str, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **more)


class LinesField(forms.CharField):
    """A list of the stay, one entry per line; a wrong line is named with its number."""

    def __init__(self, kind: str, label: str, example: str) -> None:
        self.kind = kind
        area = forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"})
        super().__init__(
            required=False, max_length=2000, label=label, help_text=example, widget=area
        )

    def clean(self, value: Any) -> Any:
        return read(lambda text: read_lines(self.kind, text), super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        return write_lines(value) if isinstance(value, list) else value


class StayForm(VersionForm):
    """The whole stay: its facts, an answer per diagnosis, a revenue code per charge."""

    type_of_bill = digits(3, "Type of bill", help_text="Such as 111 or 131.")
    statement_from = day("Statement from")
    statement_to = day("Statement to")
    drg = digits(4, "DRG", required=False)
    admission_on = day("Admission date", required=False)
    admission_time = digits(5, "Admission hour", required=False, help_text="HHMM, such as 1420.")
    admission_type = digits(1, "Admission type", help_text="One digit.")
    admission_source = digits(1, "Point of origin", required=False, help_text="One character.")
    discharge_time = digits(5, "Discharge hour", required=False, help_text="HHMM.")
    patient_status = digits(2, "Patient status", help_text="Two digits, such as 01.")
    admitting_diagnosis = digits(8, "Admitting diagnosis", required=False)
    attending = forms.ModelChoiceField(Provider.objects.none(), required=False)
    operating = forms.ModelChoiceField(Provider.objects.none(), required=False, empty_label="None")
    patient_reasons = LinesField("patient_reasons", "Reasons for the visit", "R07.89")
    external_causes = LinesField("external_causes", "External causes", "W19.XXXA Y")
    procedures = LinesField("procedures", "Procedures", "5A1955Z 11/03/2026")
    occurrences = LinesField("occurrences", "Occurrence codes", "11 11/01/2026")
    occurrence_spans = LinesField(
        "occurrence_spans", "Occurrence spans", "72 11/02/2026 11/03/2026"
    )
    value_codes = LinesField("value_codes", "Value codes", "80 3.00")
    condition_codes = LinesField("condition_codes", "Condition codes", "09")
    new_charges = forms.CharField(
        required=False,
        max_length=2000,
        label="Charges without a procedure to add",
        help_text="Revenue code, units, label: 0120 3 Semi-private room",
        widget=forms.Textarea({"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )

    def __init__(self, given: Any, *, chart: Encounter, can_edit: bool = True) -> None:
        stay = getattr(chart, "stay", None)
        # A new stay begins on the day of service; everything else is to be said.
        initial = model_to_dict(stay) if stay else {"statement_from": chart.date_of_service}
        super().__init__(given, initial=initial | {"version": chart.version})
        self.diagnoses: list[EncounterDiagnosis] = list(chart.diagnoses.all())
        self.charges: list[Charge] = list(chart.charges.all())
        self.add_rows()
        providers = Provider.objects.filter(practice=chart.practice_id).order_by("last_name", "pk")
        fields: Any = self.fields
        fields["attending"].queryset = fields["operating"].queryset = providers
        fields["attending"].empty_label = f"As the visit: {chart.provider}"
        for field in self.fields.values():
            field.disabled = not can_edit

    def add_rows(self) -> None:
        """A field per diagnosis and per charge; a revenue code once given can be changed only."""
        for row in self.diagnoses:
            self.fields[f"answer_{row.pk}"] = forms.ChoiceField(
                label=f"{row.letter} {row.dotted} {row.label}",
                choices=ANSWERS,
                required=False,
                initial=row.present_on_admission,
            )
        for charge in self.charges:
            self.fields[f"revenue_{charge.pk}"] = digits(
                4,
                f"{charge.position} {charge.price_code} {charge.label}",
                required=bool(charge.revenue_code),
                initial=charge.revenue_code,
            )

    def clean(self) -> dict[str, Any]:
        """Say at its field what has not its form."""
        for charge in self.charges:
            code = self.cleaned_data.get(f"revenue_{charge.pk}")
            if code and not is_revenue_code(code):
                self.add_error(f"revenue_{charge.pk}", REVENUE_FORM)
        if not self.errors:
            for field, message in check_stay(self.facts).items():
                self.add_error(field, message)
        return self.cleaned_data

    def clean_new_charges(self) -> Any:
        return read(read_revenue_charges, self.cleaned_data["new_charges"])

    @property
    def facts(self) -> dict[str, Any]:
        """The fields of FacilityStay, as the action takes them."""
        names = (name for section in SECTIONS.values() for name in section)
        given = {name: self.cleaned_data[name] for name in names}
        for name in ("type_of_bill", "admission_source", "admitting_diagnosis"):
            given[name] = given[name].upper().replace(".", "")
        for name in ("admission_time", "discharge_time"):
            given[name] = given[name].replace(":", "")
        return given

    @property
    def entry(self) -> dict[str, Any]:
        """Everything typed, as `enter_stay` takes it."""
        given = self.cleaned_data
        codes = {row.pk: given[f"revenue_{row.pk}"] for row in self.charges}
        return self.facts | {
            "version": given["version"],
            "answers": {row.pk: given[f"answer_{row.pk}"] for row in self.diagnoses},
            "revenue_codes": {pk: code for pk, code in codes.items() if code},
            "new_charges": given["new_charges"],
        }

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """What the page shows under each heading."""
        named = dict(SECTIONS) | {
            "Present on admission": tuple(f"answer_{row.pk}" for row in self.diagnoses),
            "Revenue codes": (*(f"revenue_{row.pk}" for row in self.charges), "new_charges"),
        }
        return [(title, [self[name] for name in names]) for title, names in named.items() if names]
