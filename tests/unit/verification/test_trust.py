"""Which roots are believed: the manifest, files of one's own, and what each may be called."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from backend.verification.command import trust_folder
from backend.verification.keys import sha256
from backend.verification.trust import AnchorClass, Anchors, BadTrustFile, from_certificates, from_files, from_folder
from backend.verification.verdict import Reason
from backend.verification.verify import verify
from tests.unit.verification.conftest import World
from tests.unit.verification.files import Signing, embed, plain, sign
from tests.unit.verification.pki import AUTHORITY, NOW, Pki, issue, name

ENTRY = """
[[anchor]]
file = "root.pem"
sha256 = "{sha256}"
class = "certified"
valid_from = 2020-01-01
valid_until = 2030-01-01
confirmed_by = "{confirmed}"
"""


def _folder(tmp_path: Path, pem: bytes, sha256: str, confirmed: str = "Tim Rekaan, 2026-01-01") -> Path:
    (tmp_path / "root.pem").write_bytes(pem)
    (tmp_path / "manifest.toml").write_text(ENTRY.format(sha256=sha256, confirmed=confirmed), "utf-8")
    return tmp_path


def test_the_roots_we_ship_match_their_fingerprints_and_are_not_believed_until_confirmed(tmp_path: Path) -> None:
    folder = trust_folder()
    assert from_folder(folder).anchors == ()
    for file in folder.iterdir():
        text = file.read_text("utf-8").replace('confirmed_by = ""', 'confirmed_by = "uji"')
        (tmp_path / file.name).write_text(text, "utf-8")
    classes = [anchor.kind for anchor in from_folder(tmp_path).anchors]
    assert classes == [AnchorClass.CERTIFIED, AnchorClass.OTHER]


def test_a_confirmed_root_counts_in_its_period(tmp_path: Path) -> None:
    root = Pki().root
    (anchor,) = from_folder(_folder(tmp_path, root.pem, sha256(root.certificate))).anchors
    assert anchor.kind is AnchorClass.CERTIFIED
    assert (anchor.valid_from.year, anchor.valid_until.year) == (2020, 2030)


def _until(tmp_path: Path, pem: bytes, fingerprint: str, day: date) -> Anchors:
    folder = _folder(tmp_path, pem, fingerprint)
    manifest = folder / "manifest.toml"
    manifest.write_text(manifest.read_text("utf-8").replace("2030-01-01", day.isoformat()), "utf-8")
    return from_folder(folder)


def _under_a_legacy_root(world: World, *, proven: bool) -> tuple[bytes, Anchors]:
    """Return a signed file with its proofs, and the root of its TSA, which is not the old one."""
    other = Pki("Lain")
    pdf = sign(plain(), world.head, Signing(stamp=other.tsa if proven else None))
    lists = [world.pki.revocations(world.pki.root), other.revocations(other.root)]
    answers = [world.pki.answer(world.head), other.answer(other.tsa)]
    proofs = embed(pdf, [world.pki.authority.der, other.authority.der], answers, lists)
    return proofs, from_certificates([other.root.certificate])


@pytest.mark.parametrize(
    ("days", "time", "reasons"),
    [
        (0, "proven", ()),
        (0, "unproven", (Reason.TIME_UNPROVEN,)),
        (-1, "proven", (Reason.ISSUER_UNKNOWN,)),
        (30, "unproven", ()),
    ],
    ids=["proven on its last day", "unproven and over", "proven after its last day", "unproven and still counting"],
)
def test_a_legacy_root_counts_for_what_is_proven_to_be_of_its_time(
    tmp_path: Path, world: World, days: int, time: str, reasons: tuple[Reason, ...]
) -> None:
    root = world.pki.root
    legacy = _until(tmp_path, root.pem, sha256(root.certificate), (NOW + timedelta(days=days)).date())
    pdf, more = _under_a_legacy_root(world, proven=time == "proven")
    anchors = Anchors(legacy.anchors + more.anchors)
    assert verify(pdf, anchors, NOW + timedelta(days=3)).signatures[0].reasons == reasons


def test_a_root_with_another_fingerprint_is_a_fault_and_not_an_anchor_less(tmp_path: Path) -> None:
    with pytest.raises(BadTrustFile):
        from_folder(_folder(tmp_path, Pki().root.pem, "00" * 32))


def test_only_roots_may_be_anchors_of_the_folder(tmp_path: Path) -> None:
    authority = Pki().authority
    with pytest.raises(BadTrustFile):
        from_folder(_folder(tmp_path, authority.pem, sha256(authority.certificate)))


def test_a_folder_without_manifest_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(BadTrustFile):
        from_folder(tmp_path)


def test_files_of_ones_own_are_other_and_test_roots_are_always_test(tmp_path: Path) -> None:
    trial = issue(name("Root CA Prasasti UJI COBA"), AUTHORITY)
    pem = tmp_path / "trust.pem"
    pem.write_bytes(Pki().root.pem + trial.pem)
    assert [anchor.kind for anchor in from_files([pem]).anchors] == [AnchorClass.OTHER, AnchorClass.TEST]


def test_a_test_root_stays_test_whatever_the_manifest_says(tmp_path: Path) -> None:
    trial = issue(name("Root CA Prasasti - Uji Coba"), AUTHORITY)
    (anchor,) = from_folder(_folder(tmp_path, trial.pem, sha256(trial.certificate))).anchors
    assert anchor.kind is AnchorClass.TEST


@pytest.mark.parametrize("content", [b"", b"halo", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_file_without_certificate_is_refused(tmp_path: Path, content: bytes) -> None:
    pem = tmp_path / "trust.pem"
    pem.write_bytes(content)
    with pytest.raises(BadTrustFile):
        from_files([pem])
    with pytest.raises(BadTrustFile):
        from_files([tmp_path / "tiada.pem"])
