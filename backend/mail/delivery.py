"""Hands letters to the mail server and says what came of it: taken, refused for good, or to be tried later.

No text of the server is kept: it may hold the recipient's address.
"""

import asyncio
import ssl
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Literal, TypeVar

import aiosmtplib

from backend.jobs.catalogue import GiveUp, TryAgain

Result = TypeVar("Result")
IDLE = 5.0  # a connection unused for longer is asked whether it still stands
PERMANENT = 500


class MailTryLater(TryAgain):
    """The server is away, busy or does not accept us now (4xx); the message is as good as before."""

    def __init__(self, code: str) -> None:
        """Keep a word for the reason: `smtp-451`, `server-away`."""
        super().__init__(code=code)


class MailRefused(GiveUp):
    """The server refuses this message or its recipient for good (5xx)."""

    def __init__(self, status: int) -> None:
        """Keep the server's number."""
        self.status = status
        super().__init__(f"smtp-{status}")


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over. `tls`: never, `starttls` (required), or `tls` from the first byte."""

    host: str
    port: int
    tls: Literal["never", "starttls", "tls"] = "never"
    username: str | None = None
    password: str | None = None
    timeout: float = 20.0


class Postman:
    """Sends letters over a few kept connections; may be called from any thread."""

    def __init__(self, server: MailServer) -> None:
        """Take the server; nothing is connected before the first letter."""
        self._server = server
        self._idle: list[tuple[aiosmtplib.SMTP, float]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="postman", daemon=True)
        self._thread.start()

    def send(self, letter: EmailMessage) -> None:
        """Hand over one letter, waiting until the server has answered; raises MailTryLater or MailRefused."""
        self._wait(self._send(letter))

    def close(self) -> None:
        """Say goodbye to the server and end the thread."""
        self._wait(self._say_goodbye())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _send(self, letter: EmailMessage) -> None:
        try:
            connection = await self._connection()
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailTryLater(_away(error)) from None
        try:
            await connection.send_message(letter)
        except aiosmtplib.SMTPRecipientsRefused as error:
            self._keep(connection)
            raise _verdict(max(refused.code for refused in error.recipients)) from None
        except aiosmtplib.SMTPSenderRefused as error:
            # It is we who are refused, with every letter: for the operator to mend, not the end of this one.
            self._keep(connection)
            raise MailTryLater(f"smtp-{error.code}") from None
        except aiosmtplib.SMTPResponseException as error:
            self._keep(connection)
            raise _verdict(error.code) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.close()
            raise MailTryLater(_away(error)) from None
        self._keep(connection)

    async def _connection(self) -> aiosmtplib.SMTP:
        """Return a connection that stands: a kept one, or a new one."""
        while self._idle:
            connection, since = self._idle.pop()
            if not connection.is_connected:
                continue
            if self._loop.time() - since < IDLE:
                return connection
            try:
                await connection.noop()
            except (aiosmtplib.SMTPException, OSError):
                connection.close()
            else:
                return connection
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            timeout=server.timeout,
            use_tls=server.tls == "tls",
            start_tls=server.tls == "starttls",
            tls_context=ssl.create_default_context() if server.tls != "never" else None,
        )
        await connection.connect()
        return connection

    def _keep(self, connection: aiosmtplib.SMTP) -> None:
        self._idle.append((connection, self._loop.time()))

    async def _say_goodbye(self) -> None:
        while self._idle:
            connection, _ = self._idle.pop()
            try:
                await connection.quit()
            except (aiosmtplib.SMTPException, OSError):
                connection.close()


def _verdict(status: int) -> MailTryLater | MailRefused:
    return MailRefused(status) if status >= PERMANENT else MailTryLater(f"smtp-{status}")


def _away(error: Exception) -> str:
    """Return a word for a server that cannot be reached, or that turns us away before any letter."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"smtp-{error.code}"
    return "server-away"
