"""Where the formats' published schemas and real tables lie: in SCHEMAS_DIR and DATA_DIR, or beside this project's
folder."""

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[2] / "shared"
SCHEMAS = Path(os.environ.get("SCHEMAS_DIR") or BESIDE / "schemas")
DATA = Path(os.environ.get("DATA_DIR") or BESIDE / "data")
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason="no schemas: set SCHEMAS_DIR")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="no tables: set DATA_DIR")
