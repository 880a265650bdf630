"""The benchmark of opening in small."""

from fractions import Fraction

from denials import bench_opening as bench
from denials.models import Denial, DenialDeadline
from rcm import access
from rcm.models import Practice


def test_every_line_of_a_denied_remittance_is_opened_with_its_deadlines(db: None) -> None:
    found = bench.measure("T", 10, Fraction(1))
    access.open_walls(Practice.objects.values_list("pk", flat=True))
    assert (found.claims, found.denials) == (10, 30)
    assert Denial.objects.count() == 30
    assert not Denial.objects.filter(deadlines__isnull=True).exists()
    assert DenialDeadline.objects.filter(denial__isnull=False).count() >= 30
