"""Tests of summit.imports."""
