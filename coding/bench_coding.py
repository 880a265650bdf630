"""What a coder waits for: search, adding a code, suggestions, completing a chart.

The requests go through the whole application in this process, each in its own committed
transaction; the time is the server's, without the network.
"""

import time
from collections.abc import Callable
from datetime import date
from functools import partial
from statistics import quantiles
from typing import Any

from django.test import Client

from coding import bench_search, bench_suggestions
from coding.actions.code_sets import load_diagnosis_codes, load_procedure_codes
from coding.actions.own_terms import load_own_terms
from coding.bench_queue import make_queue_practice, seed_queue
from coding.models import Document
from rcm import access
from rcm.middleware import CHOSEN_PRACTICE
from rcm.models import Practice, User

SMALL_NPI, LARGE_NPI = "1992739104", "1881739104"
HTMX = {"HX-Request": "true", "host": "localhost"}
# Added to every chart, one after the other: what coders type.
TYPED = ("i10", "e11.9", "99213-25:ab", "83036-qw:b", "36415:a")
NOTES = 40


def load_code_sets() -> None:
    """What an installation loads, too."""
    load_diagnosis_codes(lambda _: None)
    load_procedure_codes(lambda _: None)
    load_own_terms()


def measure_search() -> float:
    """p95 in milliseconds over all billable codes."""
    return bench_search.measure(date(2026, 7, 1)).p95_ms


def measure_suggestions() -> float:
    """The 95th percentile of NOTES two-page notes, in milliseconds; the dictionary is in memory."""
    found = bench_suggestions.bench_suggestions(NOTES)
    return round(found["note_p95_microseconds"] / 1000, 1)


def make_practice(npi: str, charts: int) -> tuple[Practice, User]:
    """A practice with so many charts, and one of its coders."""
    practice, coders, ids = make_queue_practice(npi)
    seed_queue(practice, coders, ids, charts)
    return practice, coders[1]


def measure_chart_work(practice: Practice, coder: User, charts: int) -> dict[str, float]:
    """p95 in milliseconds of adding a code and of completing, over so many charts in a row."""
    client = client_of(practice, coder)
    answer = client.post("/coding/next/")
    address = str(answer["Location"])
    added: list[float] = []
    completed: list[float] = []
    for turn in range(charts + 1):
        with access.acting_in(practice.pk):
            chart_id = int(address.rstrip("/").rsplit("/", 1)[-1])
            Document.objects.filter(encounter=chart_id).update(signed_by="A. Lindqvist")
        post = partial(client.post, headers=HTMX | {"HX-Target": "codes"})
        times = [timed(partial(post, f"{address}codes/", {"text": text}))[0] for text in TYPED]
        milliseconds, answer = timed(
            partial(client.post, f"{address}completion/", headers=HTMX | {"HX-Target": "main"})
        )
        address = str(answer["HX-Push-Url"])
        # The first chart warms everything up.
        if turn:
            added += times
            completed.append(milliseconds)
    return {"add_code_p95_ms": p95(added), "complete_p95_ms": p95(completed)}


def client_of(practice: Practice, coder: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.force_login(coder, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CHOSEN_PRACTICE] = practice.pk
    session.save()
    return client


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds and the answer. Raises RuntimeError when the page did not take it."""
    began = time.perf_counter()
    answer = act()
    milliseconds = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"the page answered {answer.status_code}: {answer.content[:300]!r}")
    return milliseconds, answer


def p95(times: list[float]) -> float:
    return round(quantiles(times, n=20)[18], 1)
