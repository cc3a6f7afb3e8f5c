"""Names of files: readable, in their language, and safe on every system."""

import pytest

from summit.core.file_names import disposition, file_name

CASES = [
    (("Invitation", "France"), "Invitation – France.pdf"),
    (("دعوة", "", "فرنسا"), "دعوة – فرنسا.pdf"),
    (("Invitation", 'Trinidad/Tobago: <a> \\ "b"|?*'), "Invitation – Trinidad Tobago a b.pdf"),
    (("../../etc/passwd",), "etc passwd.pdf"),
    # Marks of direction would show the ending elsewhere than it is; a joiner is a part of a word.
    (("fdp.\u202eexe\r\nX",), "fdp. exe X.pdf"),
    (("می\u200cخواهم",), "می\u200cخواهم.pdf"),
    ((" . ", ""), "pdf.pdf"),
]


@pytest.mark.parametrize(("parts", "name"), CASES)
def test_names(parts: tuple[str, ...], name: str) -> None:
    assert file_name(*parts, ending="pdf") == name


def test_a_long_name_is_cut_for_every_file_system() -> None:
    found = file_name("ض" * 200, "中" * 200, ending="pdf")
    assert found.endswith(".pdf")
    assert 200 < len(found.encode()) <= 224


def test_the_header_has_the_name_as_rfc_6266_wants_it() -> None:
    name = file_name("Invitation", "Côte d’Ivoire", ending="pdf")
    said = "filename*=utf-8''Invitation%20%E2%80%93%20C%C3%B4te%20d%E2%80%99Ivoire.pdf"
    assert disposition(name) == f"attachment; {said}"
    assert disposition("Badges.pdf", attached=False) == 'inline; filename="Badges.pdf"'
