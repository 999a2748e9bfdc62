"""What was made elsewhere stands in static/ byte for byte as VENDOR.lock says, and nothing else does."""

import hashlib

from tests.unit.templating.examples import STATIC

LINES = [
    line.split("\t")
    for line in (STATIC / "vendor" / "VENDOR.lock").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
LOCKED = {path: digest for _, _, _, path, digest in LINES}


def test_every_vendored_file_is_the_locked_one() -> None:
    assert {path: hashlib.sha256((STATIC / path).read_bytes()).hexdigest() for path in LOCKED} == LOCKED


def test_nothing_vendored_is_unlocked() -> None:
    there = {
        str(path.relative_to(STATIC))
        for folder in ("vendor", "fonts")
        for path in (STATIC / folder).rglob("*")
        if path.is_file()
    }
    assert there - {"vendor/VENDOR.lock"} == {path for path in LOCKED if path.startswith(("vendor/", "fonts/"))}


def test_styles_name_only_files_that_exist() -> None:
    for style in (STATIC / "css").glob("*.css"):
        for part in style.read_text("utf-8").split("url(")[1:]:
            assert (style.parent / part.split(")")[0].strip('"')).is_file()
