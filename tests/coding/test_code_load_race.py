"""Code sets are loaded side by side: committed for real, on two connections."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest
from django.db import connection, transaction

from coding.actions.code_sets import load_own_codes
from coding.models import CodeWord
from coding.rules.code_rows import CodeRow

WAITS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def pool(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as made:
        yield made


def load(system: str, code: str, label: str) -> None:
    rows = [(system, CodeRow(code, label, True, "{}", ((label.lower(), "own"),)))]
    load_own_codes(rows, date(2020, 1, 1), lambda count: None, system)


def meanwhile(pool: ThreadPoolExecutor, act: Callable[[], object]) -> Future[None]:
    """Begin `act` on another connection; returns once it waits for a lock of ours, or is done."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    running = pool.submit(run)
    until = time.monotonic() + 20
    with connection.cursor() as cursor:
        while not running.done() and time.monotonic() < until:
            cursor.execute(WAITS)
            if cursor.fetchone()[0]:
                break
            time.sleep(0.02)
    return running


def test_two_sets_loaded_at_once_keep_the_words_of_both(pool: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        load("procedure", "J0001", "Shared alpha")
        other = meanwhile(pool, lambda: load("icd10pcs", "0X1", "Shared beta"))
        assert not other.done()
    other.result(20)
    words = dict(CodeWord.objects.values_list("word", "codes"))
    assert words == {"shared": 2, "alpha": 1, "beta": 1}


def test_our_own_codes_loaded_twice_at_once_are_there_once(pool: ThreadPoolExecutor) -> None:
    with transaction.atomic():
        load("procedure", "J0001", "Alpha")
        other = meanwhile(pool, lambda: load("procedure", "J0001", "Alpha"))
        assert not other.done()
    other.result(20)
    assert dict(CodeWord.objects.values_list("word", "codes")) == {"alpha": 1}
