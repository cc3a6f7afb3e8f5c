"""Embargoes: their moments, holds, joint publication, effects of changed speeches, and alarms."""
