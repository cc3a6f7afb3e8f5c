"""How large a file is, in words."""

import pytest

from summit.core.file_sizes import MEGABYTE, megabytes, too_large


@pytest.mark.parametrize(("size", "said"), [(10 * MEGABYTE, "10"), (13 * 1024 * 1000, "12.7"), (1, "0")])
def test_a_size_is_told_to_a_tenth(size: int, said: str) -> None:
    assert megabytes(size) == said


@pytest.mark.parametrize(("over", "said"), [(1, "20.1"), (60_000, "20.1"), (MEGABYTE, "21")])
def test_what_is_too_large_is_never_told_as_large_as_what_is_kept(over: int, said: str) -> None:
    assert too_large(20 * MEGABYTE + over, 20 * MEGABYTE) == {"size": said, "limit": "20"}
