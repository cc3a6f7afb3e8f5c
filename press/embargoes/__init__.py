"""Embargoes: their moments, holds, joint publication, effects of changed and delivered speeches, and alarms."""
