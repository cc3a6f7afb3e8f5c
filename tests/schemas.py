"""Where the formats' published schemas lie: in SCHEMAS_DIR, or beside this project's folder."""

import os
from pathlib import Path

import pytest

SCHEMAS = Path(os.environ.get("SCHEMAS_DIR") or Path(__file__).resolve().parents[2] / "shared" / "schemas")
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no schemas: set SCHEMAS_DIR")
