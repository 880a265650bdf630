"""Damaged files by the thousand: pure generators, mutators and an oracle of their own."""
