"""Backups of the whole installation: one file with the database and a manifest, made while people work.

All files that people upload are in the database, so that nothing else has to be saved, except the keys: a backup
holds their fingerprints and never the keys. A restored backup is a copy, which sends nothing
(`summit.summits.installation`).

The tables are read by plain SQL, because a backup may come from an earlier release, with other columns.
"""
