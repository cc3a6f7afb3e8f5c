"""Tests of the focal point's desk."""
