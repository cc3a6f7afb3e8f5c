"""What every package stands on: base models, fields, validators, the database's clock, texts, languages, registries,
migration operations."""
