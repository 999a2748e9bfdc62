"""The one shape of a refusal: what happened, to what, and what to do now, under a code that never changes."""

from typing import ClassVar


class Refusal(Exception):
    """A request that is turned down and has changed nothing.

    Subclasses live beside the rule that refuses. `message` and `remedy` are Indonesian catalogue texts with `%(name)s`
    places; the edges (web, command line) translate them with `languages.translate` and fill in `facts`.
    `facts` never hold a secret: they are shown to people and may be logged.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: ClassVar[str] = "Permintaan ini tidak dapat dijalankan."
    remedy: ClassVar[str] = ""

    def __init__(self, **facts: object) -> None:
        """Keep the facts that fill the places of `message` and `remedy`."""
        self.facts = facts
        super().__init__(self.code)

    def __reduce__(self) -> tuple[object, ...]:
        """Let a confined process raise it: an exception with keyword facts is not rebuilt from `args`."""
        return _rebuilt, (type(self), self.facts)

    def __str__(self) -> str:
        """Return the Indonesian sentence, with its code: readable in a traceback or a worker's log."""
        return f"{self.message % self.facts} [{self.code}]"


def _rebuilt(kind: type[Refusal], facts: dict[str, object]) -> Refusal:
    refusal = kind.__new__(kind)
    Refusal.__init__(refusal, **facts)
    return refusal


class NotFound(Refusal):
    """The address names nothing that this visitor may see."""

    code = "not-found"
    status = 404
    message = "Halaman atau berkas ini tidak ditemukan."
    remedy = "Periksa kembali alamatnya."


class Forbidden(Refusal):
    """The visitor is known, but may not do this."""

    code = "forbidden"
    status = 403
    message = "Akun ini tidak berwenang melakukan tindakan tersebut."
    remedy = "Mintalah petugas penyelenggara seremoni untuk melakukannya."
