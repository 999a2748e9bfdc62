"""Which signatures the foreign signers make: maker, level, key, file, field, look. Names say what is in them."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

ETSI, DETACHED, SHA1 = "ETSI.CAdES.detached", "adbe.pkcs7.detached", "adbe.pkcs7.sha1"
LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


@dataclass(frozen=True)
class Job:
    """One signature: `base` is a plain file (see bases.py) or the name of another job, whose file it extends."""

    name: str
    maker: str
    base: str
    key: str = "p256"
    level: str = "B-B"
    field: str = ""
    format: str = ETSI
    more: tuple[str, ...] = ()
    values: dict[str, str] = dataclasses.field(default_factory=dict)


class Look(NamedTuple):
    """A file to sign, where in it, with which key, and what else; one for each level, in turn."""

    base: str
    field: str
    key: str
    more: tuple[str, ...]


LOOKS = (
    Look("classic", "Pihak1", "p256", ()),
    Look("packed", "", "rsa", ("visible",)),
    Look("bare", "", "rsa", ()),
    Look("linear", "Pihak1", "rsa", ("certify",)),
    Look("pdf2", "", "p256", ("certify",)),
    Look("classic", "", "p384", ("visible", "certify")),
)
TELLS_ITSELF = {"": "baru", "Pihak1": "ada"}


def every_level(maker: str, looks: tuple[Look, ...] = LOOKS, levels: tuple[str, ...] = LEVELS) -> Iterator[Job]:
    """Yield every look at every level."""
    for level in levels:
        for base, name, key, more in looks:
            told = "-".join((maker, level, base, TELLS_ITSELF[name], key, *more))
            yield Job(told, maker, base, key, level, name, more=more)


def habits() -> Iterator[Job]:
    """Yield what PDFBox with BouncyCastle can show of the habits of many signers."""
    for form in (ETSI, DETACHED, SHA1):
        yield Job(f"pdfbox-{form}", "pdfbox", "classic", "rsa", format=form)
        yield Job(f"pdfbox-{form}-stamped", "pdfbox", "packed", "p256", "B-T", format=form)
    for more in ("ber", "pss", "ess1", "bare", "archive"):
        yield Job(f"pdfbox-{more}", "pdfbox", "bare", "rsa", format=DETACHED, more=(more,))
    yield Job("pdfbox-archive-stamped", "pdfbox", "bare", "rsa", "B-T", format=DETACHED, more=("archive",))
    yield Job("pdfbox-archive-certified", "pdfbox", "pdf2", "p256", "B-T", format=DETACHED, more=("archive", "certify"))
    yield Job("pdfbox-ber-stamped", "pdfbox", "classic", "rsa", "B-T", more=("ber",))
    yield Job("pdfbox-ed25519", "pdfbox", "classic", "ed25519", values={"digest": "SHA512"})
    for digest in ("SHA1", "SHA384", "SHA512"):
        yield Job(f"pdfbox-{digest}", "pdfbox", "classic", "rsa", format=DETACHED, values={"digest": digest})
    yield Job("pdfbox-locked", "pdfbox", "locked", "rsa", "B-T")
    yield Job("openpdf-sha1", "openpdf", "classic", "rsa", format=SHA1)
    yield Job("openpdf-sha1-visible", "openpdf", "packed", "rsa", format=SHA1, more=("visible",))
    yield Job("openpdf-x509", "openpdf", "bare", "rsa", format="adbe.x509.rsa_sha1", more=("visible",))
    yield Job("signpdf-plain", "signpdf", "old", "rsa", format=DETACHED)
    yield Job("signpdf-pdf-lib", "signpdf", "bare", "rsa", format=DETACHED, values={"placeholder": "pdf-lib"})
    yield Job("libpdf-adbe", "libpdf", "classic", "rsa", format=DETACHED)


def several() -> Iterator[Job]:
    """Yield files with several signers and several makers, one upon the other."""
    makers = ("dss", "pdfbox", "libpdf", "pyhanko")
    for first in makers:
        for second in makers:
            if first != second:
                upon = f"{first}-B-B-classic-ada-p256"
                yield Job(f"{upon}+{second}", second, upon, "rsa", "B-T" if second == "pdfbox" else "B-LT", "Pihak2")
    for first in ("dss", "libpdf", "pyhanko"):
        for second in ("dss", "libpdf", "pyhanko"):
            upon = f"{first}-B-LTA-classic-ada-p256"
            yield Job(f"{upon}+{second}-lta", second, upon, "rsa", "B-LTA", "Pihak2")
    for first in ("pdfbox-B-T-linear-ada-rsa-certify", "libpdf-B-T-classic-ada-p256", "pdfbox-archive-stamped"):
        yield Job(f"{first}+extended-lt", "dss", first, level="B-LT", more=("extend",))
        yield Job(f"{first}+extended-lta", "dss", first, level="B-LTA", more=("extend",))
    yield Job(
        "dss-B-LTA-classic-ada-p256+extended-lta", "dss", "dss-B-LTA-classic-ada-p256", level="B-LTA", more=("extend",)
    )


def jobs() -> list[Job]:
    """Return all jobs; each comes after the one that it extends."""
    plain = tuple(look for look in LOOKS if not look.more or look.more == ("visible",))
    return [
        *every_level("dss"),
        *every_level("pdfbox", levels=("B-B", "B-T")),
        *every_level("libpdf", tuple(look._replace(more=()) for look in plain)),
        *every_level("pyhanko"),
        *habits(),
        *several(),
    ]
