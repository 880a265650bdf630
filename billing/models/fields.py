"""Columns of our own."""

from django.db import models
from django.db.models import Func, Value
from django.db.models.functions import Replace, Upper

from rcm.fields import FAST, CompressedBinaryField

# Migrations name them here.
__all__ = ["FAST", "CompressedBinaryField", "trace_key_field"]


def trace_key_field() -> models.GeneratedField:
    """`trace_number` as payments and bank lines compare it (billing.rules.deposits.trace_key)."""
    bare = Upper(Replace("trace_number", Value(" "), Value("")))
    return models.GeneratedField(
        expression=Func(bare, Value("0"), function="LTRIM"),
        output_field=models.CharField(max_length=50),
        db_persist=True,
    )
