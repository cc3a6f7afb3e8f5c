"""What a process keeps: by all that it depends on, a bounded number, made once."""

from summit.core.process_cache import Memory, forget_all


def test_what_is_kept_is_made_once_and_the_oldest_goes() -> None:
    memory: Memory[str] = Memory(2)
    made: list[str] = []

    def make(word: str) -> str:
        made.append(word)
        return word

    assert [memory.ask(key, lambda key=key: make(key)) for key in ("a", "b", "a", "c", "a", "b")] == [*"abacab"]
    # "b" was not asked for longest when "c" came.
    assert made == ["a", "b", "c", "b"]
    assert len(memory) == 2
    forget_all()
    assert memory.get("a") is None


def test_several_are_made_at_once_and_by_what_they_depend_on() -> None:
    memory: Memory[int] = Memory(10)
    asked: list[list[int]] = []

    def make(keys: list[int]) -> dict[int, int]:
        asked.append(keys)
        return {key: key * 10 for key in keys if key != 3}

    assert memory.ask_all([1, 2], "x", make) == {1: 10, 2: 20}
    # What isn't there is asked for again, and what depends on something else is another.
    assert memory.ask_all([1, 2, 3], "x", make) == {1: 10, 2: 20}
    assert memory.ask_all([1], "y", make) == {1: 10}
    assert asked == [[1, 2], [3], [1]]
