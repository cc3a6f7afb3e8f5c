"""How long data are kept, the purge, erasure, and what people ask about their own data."""
