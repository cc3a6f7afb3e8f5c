"""`manage.py check --deploy` with a production's environment: no warning may be left."""

import os
import subprocess
import sys
from pathlib import Path

from cryptography.fernet import Fernet

PRODUCTION = {
    "SECRET_KEY": "x1" * 40 + "abcdefghijklm",
    "FIELD_KEYS": Fernet.generate_key().decode(),
    "BASE_URL": "https://summit.example",
    "ALLOWED_HOSTS": "summit.example",
    "DATABASE_URL": "postgres://summit:summit@127.0.0.1/summit",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "DEFAULT_FROM_EMAIL": "Summit <summit@summit.example>",
}


def main() -> int:
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    kept = {key: value for key, value in os.environ.items() if key not in ("DEBUG", "PRODUCTION")}
    return subprocess.run(command, cwd=root, env={**kept, **PRODUCTION}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
