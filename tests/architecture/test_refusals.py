"""Every refusal has a code of its own that never changes, a sentence, and both in English with the same places."""

import re
from collections import Counter

import pytest

from backend.errors import Refusal
from backend.languages import catalogue
from docs.generate import all_refusals

PLACE = re.compile(r"%\((\w+)\)")


def test_a_code_belongs_to_one_refusal() -> None:
    codes = Counter(kind.__dict__.get("code", f"{kind.__name__} has none of its own") for kind in all_refusals())
    assert [code for code, count in codes.items() if count > 1] == []
    assert [code for code in codes if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code)] == []


@pytest.mark.parametrize("kind", all_refusals(), ids=lambda kind: kind.__name__)
def test_a_refusal_can_be_told(kind: type[Refusal]) -> None:
    english = catalogue("en")
    assert 400 <= kind.status < 600
    for sentence in filter(None, (kind.message, kind.remedy)):
        assert sentence in english, f"no English for: {sentence}"
        assert sorted(PLACE.findall(english[sentence])) == sorted(PLACE.findall(sentence))
