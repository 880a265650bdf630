"""Readers of the published edit tables: lines of an official file in, rows of text out."""
