"""Code that every other package builds on: base models, fields, validators, the database's clock, texts, languages,
registries, migration operations."""
