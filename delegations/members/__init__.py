"""Members of parties: categories and quotas, naming and replacing people, particulars, photographs, duplicates."""
