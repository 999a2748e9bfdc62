"""Refusals that the log must know: permission denied to staff, attempts cut off. Told once, never for a GET."""

import contextlib

from fastapi import Request

from backend.ceremonies.actions import staff
from backend.errors import Forbidden, Refusal
from backend.web import visitor
from backend.web.site import site
from backend.web.visitor import TooManyAttempts


def note(request: Request, refusal: Refusal) -> None:
    """Record a refusal if it is one of those; a log that takes nothing just now keeps nobody from his answer."""
    if request.method != "POST":
        return
    with contextlib.suppress(Refusal):
        if isinstance(refusal, TooManyAttempts):
            _limited(request, refusal)
        elif isinstance(refusal, Forbidden):
            _denied(request)


def _limited(request: Request, refusal: TooManyAttempts) -> None:
    if refusal.what and visitor.first_time("limited", refusal.what, *refusal.who):
        staff.cut_off(site(request).tools, refusal.what)


def _denied(request: Request) -> None:
    account = visitor.known_staff(request)
    # The route's pattern and the verb in it, never the whole address.
    route = str(getattr(request.scope.get("route"), "path", "-"))
    action = route.replace("{verb}", request.path_params.get("verb", "")).replace("{", "").replace("}", "")
    if account is not None and visitor.first_time("denied", str(account.id), action):
        staff.deny(site(request).tools, account, action)
