"""Charts that fail and pass the checks against published tables."""

from decimal import Decimal

from coding.rules.facts import Fix
from tests.billing.coding_cases import past
from tests.coding.chart_cases import (
    ADD_ON,
    NEVER,
    SURGERY,
    TWO,
    WARNING,
    Case,
    add,
    chart,
    coverage,
    drop,
    limits,
    line,
)

OF_TABLES: tuple[Case, ...] = (
    Case(
        "ncci_never",
        chart(line("20610", "RT"), line("96372", "59"), found=NEVER),
        "96372 (line 2) is not paid beside 20610 (line 1) on one day; no modifier changes that.",
        Fix("remove_line", "Remove 96372", line=2),
        chart(line("20610", "RT"), found=NEVER),
    ),
    Case(
        "ncci_pair",
        chart(line("17000"), line("11102"), found=TWO),
        "17000 (line 1) is part of 11102 (line 2) on one day; if it was separate, say so with a "
        "site, XE, XP, XS, XU or 59.",
        add("59", 1),
        chart(line("17000", "XS"), line("11102"), found=TWO),
    ),
    Case(
        "ncci_other_claim",
        chart(line("17000"), found=TWO, history=(past("11102", 0, where="chart"),)),
        "17000 (line 1) is not paid beside 11102 (chart NO9) on one day; if it was separate, say "
        "so with a site, XE, XP, XS, XU or 59.",
        add("59", 1),
        chart(line("17000"), found=TWO, history=(past("11102", 0, provider_npi="1"),)),
    ),
    Case(
        "mue_line",
        chart(line("17000", units=Decimal(3)), found=limits("17000", 1, 1)),
        "17000 on line 1: 3 units, 1 a line are paid.",
        Fix("set_units", "Set to 1", line=1, value="1"),
        chart(line("17000"), line("17000", "59"), found=limits("17000", 1, 1)),
    ),
    Case(
        "mue_day",
        chart(line("17000", units=Decimal(2)), line("17000", "59"), found=limits("17000", 2, 2)),
        "17000: 3 units on 11/02/2026, 2 a day are paid.",
        Fix("set_units", "Set to 1", line=1, value="1"),
        chart(line("17000", units=Decimal(2)), found=limits("17000", 2, 2)),
    ),
    Case(
        "mue_day_records",
        chart(line("17000"), found=limits("17000", 1, 3), history=(past("17000", 0),)),
        "17000: 2 units on 11/02/2026, 1 a day are paid.",
        None,
        chart(line("17000"), found=limits("17000", 1, 3), history=(past("17000", 1),)),
    ),
    Case(
        "mue_zero",
        chart(line("17000"), found=limits("17000", 0, 2)),
        "17000 on line 1 is not paid in this setting (limit 0).",
        None,
        chart(line("17000"), found=limits("17003", 0, 2)),
    ),
    Case(
        "add_on_alone",
        chart(line("11103"), found=ADD_ON),
        "11103 on line 1 is an add-on without its primary procedure (11102).",
        None,
        chart(line("11103"), line("11102"), found=ADD_ON),
    ),
    Case(
        "global_visit",
        chart(found=SURGERY, history=(past("17110", 10, where="chart"),)),
        "99213 on line 1 is 10 days after 17110 (chart NO9), in its period of 10 days.",
        add("24"),
        chart(found=SURGERY, history=(past("17110", 11),)),
    ),
    Case(
        "global_same_day",
        chart(line("99213"), line("27447", "RT"), found=SURGERY),
        "99213 on line 1 is the same day as 27447 (line 2); it needs modifier 57 to be paid.",
        add("57"),
        chart(line("99213", "57"), line("27447", "RT"), found=SURGERY),
    ),
    Case(
        "global_decision",
        chart(line("99213", "57"), line("69220"), found=SURGERY),
        "Line 1: 57 is for major procedures; 69220 (line 2) is minor, which takes 25.",
        Fix("replace_modifier", "Change to 25", line=1, value="57>25"),
        chart(line("99213", "25"), line("69220"), found=SURGERY),
        WARNING,
    ),
    Case(
        "global_procedure",
        chart(line("17110"), found=SURGERY, history=(past("27447", 90),)),
        "17110 on line 1 is 90 days after 27447 (claim NO9), in its period of 90 days.",
        None,
        chart(line("17110", "79"), found=SURGERY, history=(past("27447", 90),)),
        WARNING,
    ),
    Case(
        "bilateral",
        chart(line("93000", "50"), found=SURGERY),
        "93000 on line 1: modifier 50 is not allowed, both sides are not paid more.",
        drop("50"),
        chart(line("27369", "50"), found=SURGERY, codes="M170"),
    ),
    Case(
        "bilateral_units",
        chart(line("27369", "50", units=Decimal(2)), found=SURGERY, codes="M170"),
        "Line 1: modifier 50 goes with 1 unit, not 2.",
        Fix("set_units", "Set to 1", line=1, value="1"),
        chart(line("27369", "50"), found=SURGERY, codes="M170"),
    ),
    Case(
        "professional_part",
        chart(line("93000", "26"), found=SURGERY),
        "93000 on line 1: modifier 26 is not allowed.",
        drop("26"),
        chart(line("93000"), found=SURGERY),
    ),
    Case(
        "support_noncovered",
        chart(line("93306"), codes="Z87891 E1142", found=coverage()),
        "93306 on line 1 is not covered for Z87.891 by A100 in IL.",
        Fix("point", "Point to B", line=1, value="2"),
        chart(line("93306"), codes="E1142", found=coverage()),
    ),
    Case(
        "support",
        chart(line("93306"), codes="I10 E1142", found=coverage()),
        "93306 on line 1: none of its diagnoses is in the covered list of A100 in IL.",
        Fix("point", "Point to B", line=1, value="2"),
        chart(line("93306"), codes="I10 E1142", found=coverage(), payer_class="commercial"),
    ),
)
