"""Who is on the other side: cookies, form tokens, log-in and visits, limits on attempts. Denies by default."""

import hmac
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Form, Request
from fastapi.responses import RedirectResponse, Response
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from backend.errors import Refusal
from backend.people import store as people
from backend.people.person import Account, AccountRole
from backend.people.store import Visit
from backend.web.site import Site, holder, site

SEE_OTHER = 303
STAFF, GUEST = "petugas", "tamu"

LOGINS = RateLimitItemPerMinute(10, 15)
CODES = RateLimitItemPerMinute(5, 15)
WRONG_LINKS = RateLimitItemPerMinute(30, 1)
UPLOADS = RateLimitItemPerMinute(30, 1)
PASSPHRASES = RateLimitItemPerMinute(10, 15)
TOLD = RateLimitItemPerMinute(1, 15)
WHAT = {LOGINS: "login", CODES: "code", WRONG_LINKS: "link", PASSPHRASES: "passphrase"}
"""What a limit is about, as the log tells it; public checks tell the log nothing (invariant 7)."""
COMPARISONS = RateLimitItemPerMinute(20, 1)
REPORTS = RateLimitItemPerMinute(20, 1)

_limiter = MovingWindowRateLimiter(MemoryStorage())


class FormForged(Refusal):
    """The form did not come from a page of ours, or the page is too old."""

    code = "form-forged"
    status = 403
    message = "Formulir ini tidak berasal dari halaman layanan ini, atau halamannya sudah terlalu lama terbuka."
    remedy = "Muat ulang halaman, lalu kirim kembali."


class LoginNeeded(Refusal):
    """A page for staff, asked for by nobody we know."""

    code = "login-needed"
    status = 401
    message = "Halaman ini hanya untuk petugas."
    remedy = "Silakan masuk terlebih dahulu."


class VisitNeeded(Refusal):
    """A page of a link's holder, asked for without the link."""

    code = "visit-needed"
    status = 401
    message = "Kunjungan ini sudah berakhir atau belum dimulai dari tautan undangan."
    remedy = "Bukalah kembali tautan dari surat undangan yang terakhir."


class TooManyAttempts(Refusal):
    """More attempts than a person makes."""

    code = "too-many-attempts"
    status = 429
    message = "Terlalu banyak percobaan dalam waktu singkat."
    remedy = "Tunggu 15 menit, lalu coba kembali, atau hubungi petugas seremoni."

    def __init__(self, item: RateLimitItemPerMinute, who: tuple[str, ...]) -> None:
        """Keep what was tried, in a word of WHAT ("" tells the log nothing), and by whom, for limits only."""
        self.what = WHAT.get(item, "")
        self.who = who
        super().__init__()


def limit(item: RateLimitItemPerMinute, *who: str) -> None:
    """Count one attempt; raises TooManyAttempts. Counted per process and forgotten at a restart."""
    if not _limiter.hit(item, *who):
        raise TooManyAttempts(item, who)


def check_left(item: RateLimitItemPerMinute, *who: str) -> None:
    """Raise TooManyAttempts when no attempt is left, without counting one."""
    if not _limiter.test(item, *who):
        raise TooManyAttempts(item, who)


def first_time(*what: str) -> bool:
    """Tell whether this has not been told for fifteen minutes: a flood of attempts is no flood of events."""
    return _limiter.hit(TOLD, *what)


def address(request: Request) -> str:
    """Return the visitor's network address, for limits only; it is never stored."""
    return request.client.host if request.client else "-"


def checked_form(request: Request, csrf_token: Annotated[str, Form()] = "") -> None:
    """Refuse a POST that a page of ours did not make: another site's, by header, and any without the right token."""
    here = site(request)
    fetched = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    foreign = fetched not in {None, "same-origin", "none"}
    if fetched is None and origin is not None:
        # Older Safari sends no Sec-Fetch-Site: the Origin must be ours then (ux.md 2).
        foreign = origin not in {here.tools.base_url, str(request.base_url).rstrip("/")}
    if foreign or not hmac.compare_digest(csrf_token, here.form_token(holder(request))):
        raise FormForged


CheckedForm = Depends(checked_form)


def staff(request: Request) -> Account:
    """Return the logged-in account; raises LoginNeeded."""
    here = site(request)
    secret = request.cookies.get(here.cookie(STAFF))
    with here.tools.database.reading() as session:
        account = people.staff(session, secret, here.tools.now()) if secret else None
    if account is None:
        raise LoginNeeded
    return account


def known_staff(request: Request) -> Account | None:
    """Return the logged-in account, or None."""
    try:
        return staff(request)
    except LoginNeeded:
        return None


def visit(request: Request) -> Visit:
    """Return the visit of a link's holder; raises VisitNeeded."""
    here = site(request)
    secret = request.cookies.get(here.cookie(GUEST))
    with here.tools.database.reading() as session:
        found = people.visit(session, secret, here.tools.now()) if secret else None
    if found is None:
        raise VisitNeeded
    return found


Staff = Annotated[Account, Depends(staff)]
Guest = Annotated[Visit, Depends(visit)]


def may_organise(account: Account) -> bool:
    """Tell whether buttons that change something are shown; the actions check it again."""
    return account.role is AccountRole.ORGANISER


def remember(here: Site, response: Response, name: str, secret: str) -> None:
    """Put a session's secret into its cookie."""
    response.set_cookie(here.cookie(name), secret, httponly=True, secure=here.secure, samesite="lax", path="/")


def forget(here: Site, response: Response, name: str) -> None:
    """Take a session's cookie away."""
    response.delete_cookie(here.cookie(name), httponly=True, secure=here.secure, samesite="lax", path="/")


def go(to: str) -> RedirectResponse:
    """Answer a POST by sending the browser to a page (303)."""
    return RedirectResponse(to, SEE_OTHER)


def here_for(document_id: UUID) -> str:
    """Return the address under which a signatory's document has its pages."""
    return f"/t/naskah/{document_id}"
