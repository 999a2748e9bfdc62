"""Whatever the log has to say, it says in both languages, with the same places to fill."""

import re

import pytest

from backend.audit import faults, reader
from backend.audit.faults import FAULTS, Fault, LogReport
from backend.languages import catalogue

REPORT = [faults.COUNTS, faults.ROOT, faults.OUTSIDE, faults.NO_OUTSIDE, faults.ERASED, faults.SOUND]
PLACE = re.compile(r"%\((\w+)\)")


@pytest.mark.parametrize("sentence", [*FAULTS.values(), *REPORT, reader.UNKNOWN])
def test_a_fault_is_told_in_english_too(sentence: str) -> None:
    english = catalogue("en")
    assert sentence in english
    assert sorted(PLACE.findall(english[sentence])) == sorted(PLACE.findall(sentence))


def test_a_fault_reads_as_a_sentence_with_its_code() -> None:
    fault = Fault("sequence-gap", {"seq": 7})
    assert str(fault) == "Nomor urut rekam jejak tidak bersambung di 7. [sequence-gap]"


def test_a_report_is_told_line_by_line() -> None:
    report = LogReport(
        events=8,
        size=6,
        queued=2,
        root="ab",
        checkpoints=2,
        outside=6,
        erased=1,
        faults=(Fault("outside-missing", {}),),
    )
    assert report.lines("en") == [
        "Audit log: 6 numbered entries, 2 waiting for a number, 2 checkpoints.",
        "Root of the tree: ab",
        "Checkpoint outside the database: 6 entries.",
        "Personal values already erased: 1.",
        "The checkpoint file outside the database is missing. [outside-missing]",
    ]
    honest = LogReport(events=0, size=0, queued=0, root="", checkpoints=0, outside=None, erased=0, faults=())
    assert honest.lines("id")[-2:] == [faults.NO_OUTSIDE, faults.SOUND]
