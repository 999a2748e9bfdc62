"""Whatever the log has to say, it says in both languages, with the same places to fill."""

import re

import pytest

from backend.audit import reader
from backend.audit.faults import FAULTS, Fault
from backend.languages import catalogue

PLACE = re.compile(r"%\((\w+)\)")


@pytest.mark.parametrize("sentence", [*FAULTS.values(), reader.UNKNOWN])
def test_a_fault_is_told_in_english_too(sentence: str) -> None:
    english = catalogue("en")
    assert sentence in english
    assert sorted(PLACE.findall(english[sentence])) == sorted(PLACE.findall(sentence))


def test_a_fault_reads_as_a_sentence_with_its_code() -> None:
    fault = Fault("sequence-gap", {"seq": 7})
    assert str(fault) == "Nomor urut rekam jejak tidak bersambung di 7. [sequence-gap]"
