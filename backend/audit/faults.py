"""What may be found wrong with the log, in words for people: refusals, faults of an inspection, its report."""

from dataclasses import dataclass

from backend.errors import Refusal
from backend.languages import translate


class EventDamaged(Refusal):
    """The bytes of an event are not those that were recorded."""

    code = "log-event-damaged"
    status = 503
    message = "Peristiwa %(event)s dalam rekam jejak tidak lagi sama dengan yang dicatat."
    remedy = "Hentikan layanan, simpan salinan basis data, lalu jalankan `prasasti log verify`."


class TreeDamaged(Refusal):
    """The stored tree contradicts itself: a node is missing, or the head does not follow from the nodes."""

    code = "log-tree-damaged"
    status = 503
    message = "Pohon rekam jejak di basis data rusak: %(what)s."
    remedy = "Jangan menandatangani apa pun. Simpan salinan basis data, lalu jalankan `prasasti log verify`."


FAULTS = {
    "log-unprotected": "Pelindung rekam jejak di basis data tidak lengkap atau telah diubah: %(triggers)s.",
    "event-altered": "Peristiwa %(event)s: isinya bukan lagi bentuk yang dicatat.",
    "event-hash": "Peristiwa %(event)s: isinya tidak sama dengan sidik jarinya.",
    "event-columns": "Peristiwa %(event)s: kolom %(columns)s tidak sama dengan isinya.",
    "event-foreign": "Peristiwa %(event)s berasal dari rekam jejak lain.",
    "event-nowhere": "Peristiwa %(event)s tidak bernomor dan tidak pula menunggu nomor.",
    "event-twice": "Peristiwa %(event)s sudah bernomor, tetapi masih menunggu nomor.",
    "event-missing": "Peristiwa %(event)s bernomor %(seq)s, tetapi isinya tidak ada.",
    "queue-missing": "Peristiwa %(event)s menunggu nomor, tetapi isinya tidak ada.",
    "sequence-gap": "Nomor urut rekam jejak tidak bersambung di %(seq)s.",
    "node-wrong": "%(count)s simpul pohon rekam jejak tidak sesuai, yang pertama %(first)s.",
    "head-wrong": "Ujung rekam jejak yang tersimpan (%(stored)s entri) tidak sesuai dengan isinya (%(size)s entri).",
    "checkpoint-invalid": "Titik periksa %(size)s entri tidak ditandatangani kunci rekam jejak ini.",
    "checkpoint-wrong": "Titik periksa %(size)s entri tidak sesuai dengan isi rekam jejak.",
    "checkpoint-gap": "Titik periksa sebelum %(size)s entri hilang.",
    "checkpoint-lost": "Titik periksa terakhir (%(size)s entri) hilang dari basis data.",
    "anchor-wrong": "Stempel waktu dari %(tsa)s atas titik periksa %(size)s entri bukan yang tercatat, atau hilang.",
    "outside-missing": "Berkas titik periksa di luar basis data tidak ada.",
    "outside-invalid": "Berkas titik periksa di luar basis data tidak ditandatangani kunci rekam jejak ini.",
    "outside-ahead": "Di luar basis data tercatat %(signed)s entri, sedangkan basis data hanya memuat %(size)s.",
    "outside-wrong": "Isi rekam jejak tidak sesuai dengan titik periksa di luar basis data (%(signed)s entri).",
    "disclosure-stray": "Data pribadi untuk peristiwa %(event)s tidak pernah dicatat pada peristiwa itu.",
    "seal-wrong": "Berita acara seremoni %(ceremony)s menyebut %(count)s peristiwa yang tidak cocok.",
    "unreadable": "Bagian ini tidak dapat dibaca, jadi tidak dapat diperiksa: %(part)s.",
    "seal-incomplete": "Peristiwa %(event)s tidak ikut dihitung dalam berita acara seremoni %(ceremony)s.",
}
"""What may be wrong, by a code that never changes."""


COUNTS = "Rekam jejak: %(size)s entri bernomor, %(queued)s menunggu nomor, %(checkpoints)s titik periksa."
ROOT = "Akar pohon: %(root)s"
OUTSIDE = "Titik periksa di luar basis data: %(size)s entri."
NO_OUTSIDE = "Tidak ada titik periksa dari luar basis data yang dapat dibandingkan."
ERASED = "Nilai pribadi yang sudah dihapus: %(count)s."
SOUND = "Tidak ditemukan ketidaksesuaian."


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: its code in FAULTS and what fills the sentence's places."""

    code: str
    facts: dict[str, object]

    @property
    def message(self) -> str:
        """Return the catalogue text (Indonesian, with places)."""
        return FAULTS[self.code]

    def __str__(self) -> str:
        return f"{self.message % self.facts} [{self.code}]"


@dataclass(frozen=True)
class LogReport:
    """What was found. `root` is hex; `outside` the size signed outside; `erased` how many personal values are gone."""

    events: int
    size: int
    queued: int
    root: str
    checkpoints: int
    outside: int | None
    erased: int
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults

    def lines(self, language: str) -> list[str]:
        """Return the report in a language (`id`, `en`): what was looked at, then every fault, or that there is none."""
        told = [
            translate(COUNTS, language, size=self.size, queued=self.queued, checkpoints=self.checkpoints),
            translate(ROOT, language, root=self.root),
            translate(OUTSIDE, language, size=self.outside) if self.outside else translate(NO_OUTSIDE, language),
        ]
        if self.erased:
            told.append(translate(ERASED, language, count=self.erased))
        told += [f"{translate(fault.message, language, **fault.facts)} [{fault.code}]" for fault in self.faults]
        return told if self.faults else [*told, translate(SOUND, language)]
