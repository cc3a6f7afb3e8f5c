"""What fields say of input that they can't take."""

from typing import Any

import pytest
from django import forms
from django.utils.translation import override

from summit.core import field_error_messages


class Entered(forms.Form):
    name = forms.CharField()
    kind = forms.ChoiceField(choices=[("a", "A")])
    mailbox = forms.EmailField()
    day = forms.DateField()
    at = forms.SplitDateTimeField()
    number = forms.IntegerField()
    few = forms.IntegerField(max_value=9)
    many = forms.IntegerField(min_value=1)
    short = forms.CharField(max_length=3)


BAD: dict[str, Any] = {
    "kind": "b", "mailbox": "nobody", "day": "2025-02-31", "at_0": "soon", "at_1": "25:00", "number": "many",
    "few": "10", "many": "0", "short": "long",
}  # fmt: skip


def test_it_says_what_to_do() -> None:
    with override("en"):
        assert Entered(BAD).errors.get_json_data() == {
            "name": [{"message": "Fill in this field.", "code": "required"}],
            "kind": [{"message": "Choose one from the list.", "code": "invalid_choice"}],
            "mailbox": [
                {"message": "Enter a full email address, such as office@mission.example.", "code": "invalid"}
            ],
            "day": [{"message": "Enter an existing date.", "code": "invalid"}],
            "at": [
                {"message": "Enter an existing date.", "code": "invalid"},
                {"message": "Enter a time, such as 14:30.", "code": "invalid"},
            ],
            "number": [{"message": "Enter a whole number.", "code": "invalid"}],
            "few": [{"message": "Enter 9 or less.", "code": "max_value"}],
            "many": [{"message": "Enter 1 or more.", "code": "min_value"}],
            "short": [{"message": "Shorten this text to 3 characters.", "code": "max_length"}],
        }


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_it_says_so_in_each_language(language: str) -> None:
    with override(language):
        found = {str(words) for kinds in field_error_messages.WORDS.values() for words in kinds.values()}
    with override("en"):
        assert found.isdisjoint(
            {str(words) for kinds in field_error_messages.WORDS.values() for words in kinds.values()}
        )
