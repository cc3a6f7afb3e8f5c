"""Placeholders: what is allowed, what is refused and how, and values that are never read again."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from delegations.domain import letter_texts, placeholders
from delegations.domain.placeholders import ALLOWED, PLACEHOLDERS, REQUIRED, check, fill, named, paragraphs
from delegations.models import Purpose

PURPOSES = list(Purpose.values)


def refused(purpose: str = "delegation", subject: str = "S", body: str = "B {link}") -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as problem:
        check(purpose=purpose, subject=subject, body=body)
    found: dict[str, list[str]] = problem.value.message_dict
    return found


class TestFill:
    def test_values_stand_for_placeholders_and_doubled_braces_are_braces(self) -> None:
        assert fill("{party} {{party}} {{{party}}} }}{{", {"party": "Aland"}) == "Aland {party} {Aland} }{"

    def test_a_value_is_never_read_again(self) -> None:
        values = {"party": "{contact} {{ 7|add:1 }} {% now 'Y' %} %(x)s", "contact": "SECRET"}
        assert fill("{party}", values) == values["party"]

    @pytest.mark.parametrize(
        "text", ["{party.name}", "{party!r}", "{0}", "{party[0]}", "{", "}", "{ party }", "{Party}"]
    )
    def test_whatever_is_no_word_between_two_braces_is_malformed(self, text: str) -> None:
        with pytest.raises(ValidationError) as problem:
            named(f"Dear {text}")
        assert problem.value.messages == [
            f"A brace at “Dear {text}” belongs to no placeholder. Write two of them for one that is printed."
        ]

    def test_template_tags_mean_nothing(self) -> None:
        assert fill("{{{{ x }}}} {{% load %}} %s", {}) == "{{ x }} {% load %} %s"


class TestCheck:
    def test_unknown_ones_are_refused_with_all_that_are_allowed(self) -> None:
        said = refused("guest", body="{link} {party} {fee} {level} {fee}")
        allowed = ", ".join(f"{{{name}}}" for name in ALLOWED["guest"])
        assert said == {"body": [f"Here {{fee}}, {{level}} stands for nothing. There are: {allowed}."]}

    def test_a_link_stands_in_no_subject(self) -> None:
        (said,) = refused(subject="{link}")["subject"]
        assert said.startswith("Here {link} stands for nothing. There are: {party}, ")
        assert "{link}," not in said.partition("There are")[2]

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_required_ones_are_asked_for(self, purpose: str) -> None:
        lacking = ", ".join(f"{{{name}}}" for name in REQUIRED[purpose])
        assert refused(purpose, body="Nothing. {{link}}") == {
            "body": [f"The text lacks {lacking}. Put it where it belongs."]
        }

    def test_a_malformed_brace_is_told_where_it_stands(self) -> None:
        assert refused(body="{link} {so") == {
            "body": ["A brace at “{link} {so” belongs to no placeholder. Write two of them for one that is printed."]
        }


class TestParagraphs:
    VALUES = {"party": "Aland", "level": "", "link": "https://x.example/", "link_until": "soon", "signatory": "A\nB"}

    def test_what_names_an_optional_one_without_a_value_is_left_out(self) -> None:
        body = "One {party}\n\nLevel: {level}.\n\n\n  two  lines\n here\n\n{signatory}"
        assert paragraphs(body, self.VALUES) == ["One Aland", "two lines\nhere", "A\nB"]

    def test_a_link_is_in_the_mail_and_not_on_paper(self) -> None:
        body = "One\n\nAt:\n{link}\n\nUntil {link_until}\n\nTwo"
        assert paragraphs(body, self.VALUES) == ["One", "At:\nhttps://x.example/", "Until soon", "Two"]
        assert paragraphs(body, self.VALUES, paper=True) == ["One", "Two"]


class TestUsualTexts:
    @pytest.mark.parametrize("language", settings.INTERFACE_LANGUAGES)
    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_they_are_what_anybody_may_save(self, purpose: str, language: str) -> None:
        text = letter_texts.usual(purpose, language)
        check(purpose=purpose, subject=text.subject, body=text.body)
        assert (len(text.subject) <= 200, len(text.body) <= 8000) == (True, True)

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_each_language_has_its_own_with_the_same_placeholders(self, purpose: str) -> None:
        texts = {language: letter_texts.usual(purpose, language) for language in settings.INTERFACE_LANGUAGES}
        assert len({text.body for text in texts.values()}) == len(texts)
        assert len({tuple(sorted(named(text.subject + text.body))) for text in texts.values()}) == 1

    def test_every_purpose_is_declared(self) -> None:
        assert set(ALLOWED) == set(REQUIRED) == set(PURPOSES)
        assert {name for names in ALLOWED.values() for name in names} == set(PLACEHOLDERS)
        assert set(PLACEHOLDERS) >= placeholders.MAIL_ALONE
