"""Every component with invented people and numbers, for eyes and for tests. Development only."""

import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rcm.charts import Bar, Bars

NAV_ITEMS = """
My work|Home:inbox:0:h,Notifications:bell:3:
Coding|Coder queue:file-text:38:c,Queries:message-circle-question-mark:6:,Audits:badge-check:4:
Billing|Charge review:receipt-text:31:,Scrub worklist:shield-check:14:,Batches & acks:send:2:
Payments|Remittances:landmark:11:r,Manual posting:hand-coins:0:
A/R|Denials:circle-x:16:d,Follow-up:hourglass:142:f,Patient accounts:users:0:
Insight|Dashboards:chart-line:0:,Reports:table-2:0:
Admin|Payers & contracts:building-2:0:,Audit log:scroll-text:0:
"""


def _nav(current: str) -> list[dict[str, Any]]:
    groups = []
    for line in NAV_ITEMS.strip().splitlines():
        label, items = line.split("|")
        rows = [item.rsplit(":", 3) for item in items.split(",")]
        groups.append(
            {
                "label": label,
                "items": [
                    {
                        "label": name,
                        "icon": icon,
                        "count": int(count),
                        "key": key,
                        "url": f"#{name}",
                        "is_late": name == "Denials",
                        "is_current": name == current,
                    }
                    for name, icon, count, key in rows
                ],
            }
        )
    return groups


JOB = {
    "id": 7,
    "url": "#job",
    "label": "Posting 835 · Medicare",
    "percent": 71,
    "note": "412 of 580 · 3 exceptions",
}


def _shell(request: HttpRequest, current: str) -> dict[str, Any]:
    return {
        "nav": _nav(current),
        "practice": {
            "name": "Northside Medical",
            "initials": "NM",
            "tax_id_tail": "4471",
            "color": "blue",
        },
        "user_label": "Ana Brandt",
        "role_label": "Biller",
        "theme": request.GET.get("theme", "auto"),
        "keys": "on",
        "running_jobs": [JOB],
    }


DENIAL_ROWS = """
Coding: modifier and bundling|709.00
20931 Haddad, Samir/UHC/CO-97/Bundled into procedure//165.00/89/64/Ana Brandt
20877 Castellano, Rita/Aetna/CO-236/NCCI pair//212.00/74/60/Ana Brandt
20854 Nguyen, Linh/Medicare B/CO-4/Modifier missing/N519/148.00/92/12/Ana Brandt
20790 Brooks, Terrell/Cigna/CO-97/Same-day bundle/M80/184.00/81/52/
Authorization|2664.00
20712 Petrova, Elena/Aetna/CO-197/No authorization//1284.00/58/5/Ana Brandt
20698 Sato, Kenji/Humana MA/CO-197/Auth, service mismatch/N54/962.00/66/9/Kit Rowe
20655 Alvarez, Marisol/UHC/CO-15/Auth number invalid//418.00/83/29/
Medical necessity|1140.00
20944 Whitfield, Grace/Medicare B/CO-50/Diagnosis outside LCD/N115/386.00/61/97/Kit Rowe
20861 Osei, Kwame/Medicare B/CO-50/Not covered, NCD/N386/142.00/34/90/Ana Brandt
20803 Lindgren, Paul/BCBS IL/CO-50/Medical necessity//612.00/52/43/
Eligibility and COB|703.00
20958 Rahman, Nadia/Medicaid IL/CO-22/Other payer primary//231.00/86/79/Ana Brandt
20920 Dubois, Camille/Cigna/CO-27/Coverage ended//174.00/41/71/Ana Brandt
20899 Fischer, Hans/Humana MA/CO-109/Wrong payer/N418/298.00/93/68/
Documentation and billing data|1093.00
20840 Mbeki, Thandi/BCBS IL/CO-252/Records requested/M127/744.00/77/7/Ana Brandt
20826 Kowalski, Jan/Aetna/CO-16/Rendering ID missing/N290/196.00/95/46/Ana Brandt
20815 Okonkwo, Ada/UHC/CO-16/Diagnosis invalid/M76/153.00/94/49/
"""


def _denial_rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for line in DENIAL_ROWS.strip().splitlines():
        if "|" in line:
            group, amount = line.split("|")
            rows.append({"group": group, "amount": Decimal(amount)})
            continue
        claim, payer, code, text, remark, amount, rate, days, owner = line.split("/")
        number, patient = claim.split(" ", 1)
        overturn = int(rate)
        rows.append(
            {
                "number": number,
                "patient": patient,
                "payer": payer,
                "code": code,
                "text": text,
                "remark": remark,
                "amount": Decimal(amount),
                "rate": overturn,
                "fill": "green" if overturn > 75 else "1" if overturn > 50 else "rest",
                "days": int(days),
                "owner": owner,
                "is_current": number == "20931",
            }
        )
    return rows


CLAIM_LINES = [
    (1, "99213", "+25", 165, 0, 0, "chip tone-red", [("CO-97", "165.00")]),
    (2, "20610 RT", "", 148, "71.20", "56.96", "", [("CO-45", "76.80"), ("PR-2", "14.24")]),
]


def _denials() -> dict[str, Any]:
    views = "Mine and unassigned:16,Due in 7 days:2,Over $500:4,With coding:6,Appeals out:11"
    return {
        "lines": CLAIM_LINES,
        "rows": _denial_rows(),
        "views": [
            {"label": label, "url": "#view", "count": int(count), "is_current": label[0] == "M"}
            for label, count in (view.split(":") for view in views.split(","))
        ],
        "page": Paginator(range(16), 50).page(1),
        "stops": [
            {"label": "Service", "when": "10/06", "note": "Main St"},
            {"label": "Coded", "when": "10/07", "note": "J. Tran"},
            {"label": "Accepted", "when": "10/09", "note": "277CA"},
            {"label": "Denied", "when": "10/27", "note": "835", "tone": "red"},
            {"label": "Fix by", "when": "01/23", "note": "64 d", "tone": "amber", "is_next": True},
        ],
    }


def _chart() -> dict[str, Any]:
    levels = "E/M check:2021+ MDM,Problems:Moderate,Data:Limited,Risk:Moderate,2 of 3:99214 ✓"
    return {
        "levels": [level.split(":") for level in levels.split(",")],
        "findings": [
            {
                "tone": "red",
                "icon": "octagon-x",
                "title": "99214 needs modifier 25",
                "text": "to be paid with 20610 on the same day.",
                "source": "NCCI pair 20610 / 99214, indicator 1 · 2026 Q4",
                "fix_url": "#fix",
                "fix_label": "Add 25",
                "key": ".",
            },
            {
                "tone": "amber",
                "icon": "triangle-alert",
                "text": "A1c repeated after 81 days; usual limit is 3 months.",
                "source": "NCD 190.23 · therapy change documented today supports it",
                "fix_url": "#acknowledge",
                "fix_label": "Acknowledge",
            },
            {
                "tone": "violet",
                "icon": "message-circle-question-mark",
                "text": "“Not at goal” does not code to hyperglycemia (E11.65).",
                "source": "Provider clarification needed · 1 open-ended template ready",
                "fix_url": "#query",
                "fix_label": "Query",
                "key": "q",
            },
        ],
        "diagnoses": [
            ("A", "E11.42", "Type 2 diabetes mellitus with diabetic polyneuropathy", 3, True),
            ("B", "Z79.84", "Long-term (current) use of oral hypoglycemic drugs", 1, False),
            ("C", "I10", "Essential (primary) hypertension", 2, False),
            ("D", "M17.11", "Unilateral primary osteoarthritis, right knee", 2, False),
        ],
        "services": [
            (1, "99214", "Office visit, established, moderate", "+25", "AC", 1, Decimal(210)),
            (2, "20610", "Major joint injection, no ultrasound", "RT", "D", 1, Decimal(165)),
            (3, "J3301", "Triamcinolone, per 10 mg", "JZ", "D", 4, Decimal(32)),
            (4, "83036", "Hemoglobin A1c, in office", "QW", "A", 1, Decimal(28)),
        ],
    }


def _dashboard() -> dict[str, Any]:
    rise = [74, 75, 73, 76, 75, 78, 77, 79, 79, 80, 81, 82]
    fall = [36, 35.8, 35, 35.1, 34.9, 34.5, 34.8, 34.4, 34.3, 34.4, 34.2, 34.0]
    kpis = [
        ("Net collections", "$412.8", "k", "+6.1%", "green", "vs prior 30 d", rise, None),
        ("Clean claim rate", "96.2", "%", "+0.8 pt", "green", "target 95%", rise, 78),
        ("Initial denial rate", "6.8", "%", "+0.9 pt", "red", "target 5%", rise, 74),
        ("Days in A/R", "34.2", "", f"{chr(0x2212)}1.6 d", "green", "target 35", fall, 35),
        ("A/R over 90 days", "11.6", "%", "+0.3 pt", "red", "target 10%", rise, 74),
        ("Charge lag", "1.8", "d", f"{chr(0x2212)}0.4 d", "green", "target 2.0", fall, 35),
    ]
    names = ("label", "value", "unit", "change", "tone", "note", "series", "target")
    return {
        "age_legend": [
            (f"age-{step}", label)
            for step, label in enumerate(["0–30", "31–60", "61–90", "91–120", "Over 120"], start=1)
        ],
        "kpis": [dict(zip(names, kpi, strict=True), url="#claims") for kpi in kpis],
        "stages": _stages(),
        "chart": _payments(),
        "aging": [
            ("Medicare", [46, 12, 5, 1, 1], Decimal(166700), "4.4%", False),
            ("Commercial", [55, 23, 11, 6, 5], Decimal(255700), "10.5%", True),
            ("Medicaid", [14, 7, 4, 2, 2], Decimal(74700), "13.8%", True),
            ("Medicare Advantage", [24, 10, 5, 2, 3], Decimal(111600), "12.3%", True),
            ("Self-pay", [9, 6, 5, 4, 4], Decimal(71900), "28.7%", True),
        ],
        "causes": [
            ("No authorization", 22, 14820, "41%", 41),
            ("Eligibility and COB", 19, 9140, "72%", 44),
            ("Modifier and bundling", 17, 6310, "86%", 37),
            ("Medical necessity", 14, 8270, "48%", 27),
            ("Timely filing", 4, 1120, "9%", 3),
        ],
        "payers": [
            ("Medicare Part B", 486, "97.8%", "3.1%", "14.2", None, fall),
            ("UnitedHealthcare", 311, "96.4%", "7.9%", "24.8", 1840, rise),
            ("Aetna", 198, "93.1%", "12.6%", "31.7", 2915, rise),
            ("Medicaid (IL)", 176, "95.0%", "8.8%", "28.5", None, fall),
            ("Cigna", 122, "96.7%", "6.0%", "19.6", None, fall),
        ],
    }


def _payments() -> Bars:
    """Thirteen weeks of payments, insurance below and patients above."""
    return Bars(
        title="Weekly payments posted, last 13 weeks, against expected from contracts",
        bars=[
            Bar(
                values=[week, 10 + index % 4 * 2],
                text=f"Week {index + 1}: insurance ${week}k, patient ${10 + index % 4 * 2}k",
                label=f"W{index + 1}" if index % 2 == 0 else "",
                url=f"#week-{index}",
            )
            for index, week in enumerate([71, 70, 74, 72, 77, 70, 79, 81, 77, 83, 80, 85, 88])
        ],
        ticks=[(0, "$0k"), (40, "$40k"), (80, "$80k"), (120, "$120k")],
        line=[80 + index for index in range(13)],
        peak="$98k",
    )


def _stages() -> list[dict[str, Any]]:
    lines = """To code/212/61400/86/8 past 3 d/amber
With provider/18/7900/61/5 past 7 d/red
Charge review/31/9200/97/1 past 2 d/
Scrub edits/14/5100/93/1 past 2 d/
Awaiting ack/187/58300/99/2 past 48 h/
At payer/1204/486200/88/141 past 30 d/amber
Remit exceptions/11/6300/73/3 past 2 d/amber
Denied/96/48100/66/9 due in 7 d/red
Patient balance/430/71900/79/88 past 90 d/amber"""
    stages = []
    for line in lines.splitlines():
        label, count, amount, share, late, tone = line.split("/")
        stages.append(
            {
                "label": label,
                "count": int(count),
                "amount": Decimal(amount),
                "on_time": int(share),
                "late": late,
                "tone": tone,
                "rest": tone or "rest",
                "url": "#stage",
            }
        )
    return stages


def _claim() -> dict[str, Any]:
    moment = datetime.datetime(2026, 11, 20, 14, 16, tzinfo=datetime.UTC)
    segments = [
        (31, "CLM", "*20931*313***11:B:1*Y*A*Y*Y~", "Claim: total 313.00", "Loop 2300 Claim", ""),
        (32, "HI", "*ABK:I10*ABF:M1711~", "Diagnoses", "", ""),
        (33, "LX", "*1~", "Line 1", "Loop 2400 Service line", ""),
        (34, "SV1", "*HC:99213*165*UN*1***1~", "Professional service", "", ""),
        (35, "DTP", "*472*D8*20261306~", "Service date", "", "20261306 is not a date"),
    ]
    names = ("number", "name", "rest", "label", "loop", "problem")
    balance = [
        ("Sum of claim payments", "", "42100.50", "580 claims", False),
        ("Provider adjustments (PLB)", "−", "218.40", "WO takeback", False),
        ("Check", "=", "41882.10", "EFT 8840217", False),
        ("Bank", "", "41882.10", "deposit 11/19 matches", True),
    ]
    return {
        "segments": [dict(zip(names, segment, strict=True)) for segment in segments],
        "terms": [
            {"label": a, "sign": b, "amount": Decimal(c), "note": d, "is_result": e}
            for a, b, c, d, e in balance
        ],
        "tiles": [("Billed", "$313.00"), ("Allowed", "$71.20"), ("Paid", "$56.96")],
        "facts": [
            ("Payer", "UHC Choice Plus"),
            ("Member id", "W2201 88431"),
            ("Rendering", "A. Lindqvist, MD"),
            ("Payer claim no.", None),
        ],
        "events": [
            {"text": "Denied line 1", "who": "UHC, 835 of 10/27", "when": moment, "tone": "red"},
            {
                "text": "Status",
                "before": "submitted",
                "after": "accepted",
                "who": "277CA",
                "when": moment,
                "tone": "green",
            },
            {"text": "Sent in batch 118", "who": "A. Brandt", "when": moment},
        ],
        "stops": _denials()["stops"],
        "lines": CLAIM_LINES,
        "findings": _chart()["findings"][:1],
    }


class SampleForm(forms.Form):
    """One field of each kind the product uses."""

    payer = forms.ChoiceField(choices=[("a", "Aetna"), ("u", "UHC")])
    amount = forms.DecimalField(help_text="What the check says, in dollars.")
    received = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    method = forms.ChoiceField(
        widget=forms.RadioSelect, choices=[("eft", "EFT"), ("check", "Paper check")]
    )
    is_final = forms.BooleanField(label="This closes the batch", required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)


def _pieces() -> dict[str, Any]:
    form = SampleForm({"payer": "a", "amount": "12,x", "received": "2026-11-19"})
    form.is_valid()
    statuses = "draft held ready submitted accepted rejected query with_coder pended unknown"
    return {
        "form": form,
        "statuses": statuses.split(),
        "job": SimpleNamespace(**JOB),
        "practices": [
            {
                "id": number,
                "name": name,
                "initials": letters,
                "tax_id_tail": tail,
                "color": color,
                "open_items": mine,
                "late_items": late,
                "oldest_days": 9,
                "is_current": number == 1,
                "last_used": datetime.date(2026, 11, 20),
            }
            for number, name, letters, tail, color, mine, late in [
                (1, "Northside Medical", "NM", "4471", "blue", 16, 2),
                (2, "Lakeside Ortho", "LO", "0192", "teal", 41, 7),
            ]
        ],
    }


PAGES = {
    "denials": ("Denials", _denials),
    "chart": ("Coder queue", _chart),
    "dashboard": ("Dashboards", _dashboard),
    "claim": ("Remittances", _claim),
    "pieces": ("Home", _pieces),
}


def show_gallery(request: HttpRequest, name: str = "pieces") -> HttpResponse:
    """One page of the gallery; the url exists only in development and tests."""
    if name not in PAGES:
        raise Http404(name)
    current, build = PAGES[name]
    context = {**_shell(request, current), **build()}
    return render(request, f"components/gallery/{name}.html", context)
