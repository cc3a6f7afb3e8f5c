"""The condition on columns of words, on a table that has such an index."""

import pytest

from press.search.full_text_index import Holds
from press.search.models import SearchWord
from tests.factories import SummitFactory

pytestmark = pytest.mark.django_db

ROWS = {"one": "alpha beta", "two": "beta gamma_delta", "three": "上海 ก็ it's_a:b", "none": ""}


@pytest.fixture(autouse=True)
def rows() -> None:
    summit = SummitFactory()
    SearchWord.objects.bulk_create(
        [SearchWord(summit=summit, language="en", word=word, trigrams=terms) for word, terms in ROWS.items()]
    )


def found(*groups: list[str]) -> set[str]:
    return set(SearchWord.objects.filter(Holds("trigrams", groups)).values_list("word", flat=True))


def test_rows_that_have_one_of_each_group() -> None:
    for groups, expected in (
        ([["beta"]], {"one", "two"}),
        ([["alpha", "gamma_delta"]], {"one", "two"}),
        ([["alpha"], ["beta"]], {"one"}),
        ([["alpha", "gamma_delta"], ["beta"]], {"one", "two"}),
        # Whole words alone.
        ([["gamma"]], set()),
        ([["上"]], set()),
        *(([[word]], {"three"}) for word in ("上海", "ก็", "it's_a:b")),
        # What would be an operator is a word like any other.
        ([["OR"], ["beta"]], set()),
        ([['"', "'", "\\", "*", "|", "&", ")", "trigrams:", "beta"]], {"one", "two"}),
    ):
        assert found(*groups) == expected, groups


def test_the_index_follows_the_rows() -> None:
    SearchWord.objects.filter(word="one").update(trigrams="epsilon")
    assert (found(["alpha"]), found(["epsilon"]), found(["beta"])) == (set(), {"one"}, {"two"})
    SearchWord.objects.filter(word="two").delete()
    assert found(["beta"]) == set()


def test_asking_for_nothing_is_an_error() -> None:
    for groups in ([], [[]], [["a"], []]):
        with pytest.raises(ValueError, match="nothing to look for"):
            Holds("trigrams", groups)
