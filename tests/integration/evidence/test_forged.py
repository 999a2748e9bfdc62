"""Forged evidence: whoever changes, drops, swaps or invents something is found out, even with a fresh manifest."""

import io
import json
import zipfile
from collections.abc import Callable

import pytest
from asn1crypto import cms, tsp

from backend.audit.checkpoint import Checkpoint, SigningKey
from backend.audit.merkle import leaf_hash, root_of
from backend.audit.note import split_note
from backend.audit.policy import Policy
from backend.audit.proof import TlogProof
from backend.clock import now
from backend.documents import asic
from backend.verification.bundle import layout
from backend.verification.bundle.examine import examine
from tests.integration.evidence.kit import Files, Kit, flipped, lines, wrong

EVIDENCE = (
    layout.EVENTS,
    layout.SEAL_PROOF,
    layout.OPEN,
    layout.SEAL,
    layout.OPEN + layout.RESPONSE,
    layout.SEAL + layout.RESPONSE,
    layout.CONSISTENCY,
    layout.ANCHORED,
    layout.ANCHORED_PROOF,
    layout.DISCLOSURES,
    layout.MINUTES,
)
FLIPS = 12


def test_the_evidence_as_exported_holds(kit: Kit) -> None:
    assert wrong(kit.examine(kit.data)) == {}
    assert set(EVIDENCE) <= kit.files().keys()


def test_evidence_forged_with_nothing_changed_is_the_evidence(kit: Kit) -> None:
    assert wrong(kit.examine(kit.forged(kit.files()))) == {}


def test_a_bit_turned_anywhere_in_the_container_is_found(kit: Kit) -> None:
    step = len(kit.data) * 8 // 60
    for place in range(3, len(kit.data) * 8, step):
        assert wrong(kit.examine(flipped(kit.data, [place]))) != {}, place


@pytest.mark.parametrize("name", EVIDENCE)
def test_a_bit_turned_in_evidence_is_found_below_a_fresh_manifest(kit: Kit, name: str) -> None:
    files = kit.files()
    size = len(files[name]) * 8
    for number in range(FLIPS):
        place = (number * size // FLIPS + 5 * number) % size
        changed = files | {name: flipped(files[name], [place])}
        found = wrong(kit.examine(kit.forged(changed, stamped=False)))
        found.pop("container-time")
        assert found != {}, (name, place)


def _dropped(files: Files) -> None:
    events = files[layout.EVENTS].splitlines()
    files[layout.EVENTS] = lines(*events[:5], *events[6:])
    numbers = files[layout.INDEX].split()
    files[layout.INDEX] = lines(*numbers[:5], *numbers[6:])


def _swapped(files: Files) -> None:
    events = files[layout.EVENTS].splitlines()
    events[4], events[5] = events[5], events[4]
    files[layout.EVENTS] = lines(*events)


def _invented(files: Files) -> None:
    events, numbers = files[layout.EVENTS].splitlines(), files[layout.INDEX].split()
    files[layout.EVENTS] = lines(*events[:5], events[5], *events[5:])
    files[layout.INDEX] = lines(*numbers[:5], *numbers[5:-1], b"999", numbers[-1])


@pytest.mark.parametrize("change", [_dropped, _swapped, _invented])
def test_an_event_dropped_swapped_or_invented_is_missed(kit: Kit, change: Callable[[Files], None]) -> None:
    files = kit.files()
    change(files)
    assert "events-incomplete" in wrong(kit.examine(kit.forged(files)))["completeness"]


def test_a_seal_that_counts_the_forged_events_is_not_in_the_log(kit: Kit) -> None:
    files = kit.files()
    _dropped(files)
    *events, seal = files[layout.EVENTS].splitlines()
    body = json.loads(seal)
    root = root_of(leaf_hash(event) for event in events).hex()
    old = body["data"]["x"]
    again = seal.replace(str(old["root"]).encode(), root.encode())
    again = again.replace(f'"count":{old["count"]}'.encode(), f'"count":{len(events)}'.encode())
    files[layout.EVENTS] = lines(*events, again)
    assert wrong(kit.examine(kit.forged(files))) == {"seal-inclusion": {"proof-invalid"}}


def test_another_log_with_the_same_name_is_found_by_the_auditors_own_key(kit: Kit) -> None:
    files, key = kit.files(), SigningKey.generate(kit.policy.log_key.name)
    files[layout.POLICY] = Policy.of(key.public, (), 0).to_text().encode()
    found = wrong(kit.examine(kit.forged(_signed_again(files, key))))
    assert found.pop("log-signature") == {"log-signature-invalid"}
    assert found.keys() == {"cosigners", "time-bracket"}


def test_the_proof_of_another_log_is_told_as_that(kit: Kit) -> None:
    found = wrong(kit.examine(kit.forged(_signed_again(kit.files(), SigningKey.generate("log.lain.invalid")))))
    assert found["log-signature"] == {"another-log"}


def _signed_again(files: Files, key: SigningKey) -> Files:
    """Let another key sign the same trees."""

    def note(text: str) -> str:
        checkpoint = Checkpoint.from_text(split_note(text)[0])
        return key.sign(Checkpoint(key.name, checkpoint.size, checkpoint.root).to_text())

    for name in (layout.OPEN, layout.SEAL):
        files[name] = note(files[name].decode()).encode()
    for name in (layout.SEAL_PROOF, layout.ANCHORED_PROOF):
        proof = TlogProof.from_text(files[name].decode())
        files[name] = TlogProof(proof.index, proof.hashes, note(proof.note)).to_text().encode()
    return files


def test_without_a_policy_nothing_is_said_of_the_log(kit: Kit) -> None:
    found = wrong(examine(kit.write(kit.data), None, kit.anchors, now()))
    assert found == {"log-signature": {"policy-not-given"}, "cosigners": {"policy-not-given"}}


def test_a_document_that_was_taken_out_is_missed_and_a_strange_one_is_told(kit: Kit) -> None:
    files = kit.files()
    taken = next(name for name in files if name.startswith(layout.DOCUMENTS) and name != layout.MINUTES)
    pdf = files.pop(taken)
    assert wrong(kit.examine(kit.forged(files))) == {"documents-recorded": {"document-missing"}}
    files[taken], files["documents/lain.pdf"] = pdf, pdf + b"\n"
    assert wrong(kit.examine(kit.forged(files))) == {"documents-recorded": {"document-unrecorded"}}


def test_an_earlier_revision_is_not_taken_for_the_last(kit: Kit) -> None:
    files = kit.files()
    name = next(name for name in files if name.startswith(layout.DOCUMENTS) and name != layout.MINUTES)
    ends = [place for place in range(len(files[name])) if files[name].startswith(b"%%EOF\n", place)]
    files[name] = files[name][: ends[-2] + len(b"%%EOF\n")]
    found = wrong(kit.examine(kit.forged(files)))["documents-recorded"]
    assert "document-missing" in found
    assert found & {"document-outdated", "document-unrecorded"}


def test_numbers_that_do_not_rise_or_do_not_fit_are_told(kit: Kit) -> None:
    files = kit.files()
    numbers = files[layout.INDEX].split()
    strange = (
        b"",
        lines(*numbers[:-1]),
        lines(b"x", *numbers[1:]),
        lines(numbers[1], numbers[0], *numbers[2:]),
        lines(*numbers[:-1], b"%d" % (int(numbers[-1]) + 1)),
    )
    for index in strange:
        found = wrong(kit.examine(kit.forged(files | {layout.INDEX: index})))
        assert found.get("completeness") == {"index-wrong"} or found["seal-inclusion"] == {"proof-invalid"}, index


def test_only_what_a_receipt_places_after_the_opening_is_said_to_be_later(kit: Kit) -> None:
    files = kit.files()
    (receipt,) = (name for name in files if name.startswith(layout.RECEIPTS))
    proof = files.pop(receipt)
    assert wrong(kit.examine(kit.forged(files))) == {"time-bracket": {"not-before-unproven"}}
    files["receipts/1.tlog-proof"] = proof
    found = wrong(kit.examine(kit.forged(files)))
    assert found == {"time-bracket": {"not-before-unproven"}, "contents": {"receipt-invalid"}}


@pytest.mark.parametrize("name", sorted(layout.REQUIRED))
def test_a_part_that_must_be_there_is_missed(kit: Kit, name: str) -> None:
    files = kit.files()
    del files[name]
    assert "file-missing" in wrong(kit.examine(kit.forged(files)))["contents"]


def test_a_file_that_is_not_listed_is_told(kit: Kit) -> None:
    files = kit.files()
    honest = kit.forged(files)
    listed = kit.forged(files | {"tambahan.txt": b"?"})
    assert wrong(kit.examine(listed)) == {}, "a listed file of a later version is no fault"
    kept = kit.write(honest)
    assert kept.exists()


def test_files_changed_added_or_taken_below_the_old_manifest_are_named(kit: Kit) -> None:
    files = kit.files()
    changed = files | {layout.README: b"?", "tambahan.txt": b"?"}
    del changed[layout.SCRIPT]
    found = kit.examine(_repacked(kit.data, changed))
    told = {(str(f.code), f.facts["name"]) for f in found.results[0].findings}
    assert told == {
        ("file-changed", layout.README),
        ("file-not-listed", "tambahan.txt"),
        ("file-missing", layout.SCRIPT),
    }


def _repacked(data: bytes, files: Files) -> bytes:
    """Return a container of other files with the manifest and the token of the old one."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        kept = [asic.part(name, archive.read(name)) for name in (layout.MANIFEST, layout.TIMESTAMP)]
    parts = [asic.part(name, content) for name, content in files.items()]
    return b"".join(asic.stream(layout.MEDIA_TYPE, [*parts, *kept]))


def test_a_later_stamp_over_the_opening_is_not_the_one_that_the_log_recorded(kit: Kit) -> None:
    files = kit.files()
    again = tsp.TimeStampResp({"status": {"status": "granted"}})
    again["time_stamp_token"] = cms.ContentInfo.load(kit.stamped(files[layout.OPEN]))
    found = wrong(kit.examine(kit.forged(files | {layout.OPEN + layout.RESPONSE: again.dump()})))
    assert "anchor-invalid" in found["time-bracket"]
    assert "stamp-invalid" not in found["time-bracket"]


def test_a_disclosure_of_another_value_belongs_to_no_event(kit: Kit) -> None:
    files = kit.files()
    one = json.loads(files[layout.DISCLOSURES].splitlines()[0])
    for event, disclosure in ((one["event"], one["disclosure"][:-2] + "AA"), ("lain", one["disclosure"])):
        files[layout.DISCLOSURES] = lines(json.dumps({"event": event, "disclosure": disclosure}).encode())
        assert wrong(kit.examine(kit.forged(files))) == {"disclosures": {"disclosure-stray"}}


def test_a_recipe_under_another_name_is_told(kit: Kit) -> None:
    files = kit.files()
    name = next(name for name in files if name.startswith(layout.RECIPES))
    files[name] = files[name][:-1] + b"?"
    assert wrong(kit.examine(kit.forged(files))) == {"contents": {"recipe-wrong"}}
