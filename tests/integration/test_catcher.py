"""The development mail catcher: what is sent can be read again, and only from this machine."""

import signal
import subprocess
import sys
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest

from backend.errors import NotFound
from backend.mail import catcher
from backend.mail.delivery import MailServer, MailTryLater, Postman
from tests.contracts.mail_server import free_port

PROGRAM = """
import sys
from pathlib import Path
from backend.mail import catcher
catcher.run(Path(sys.argv[1]), "127.0.0.1", int(sys.argv[2]))
"""
LINK = "http://127.0.0.1:8317/t/tautan-rekaan_1"


def letter(subject: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"] = "Prasasti <seremoni@rekaan.invalid>", "Ir. Contoh <bupati@rekaan.invalid>"
    made["Subject"] = subject
    made.set_content(
        f"Yang terhormat,\n\n{LINK}\n\nLihat juga (https://rekaan.invalid/bantuan).\n", cte="quoted-printable"
    )
    return made


def test_what_was_sent_is_read_again_the_newest_first(tmp_path: Path) -> None:
    folder, port = tmp_path / "data" / "mail", free_port()
    assert catcher.list_messages(folder) == []
    with catcher.catching(folder, "127.0.0.1", port):
        postman = Postman(MailServer("127.0.0.1", port))
        for number in range(12):
            postman.send(letter(f"Undangan ke-{number} untuk naskah dengan judul yang panjang sekali, résmi"))
        postman.close()
    found = catcher.list_messages(folder)
    assert [caught.subject.split()[1] for caught in found] == [f"ke-{n}" for n in reversed(range(12))]
    newest = found[0]
    assert newest == catcher.read_message(folder, newest.id)
    assert newest.recipients == ("bupati@rekaan.invalid",)
    assert newest.sender == "Prasasti <seremoni@rekaan.invalid>"
    assert newest.links == (LINK, "https://rekaan.invalid/bantuan")
    assert newest.text.startswith("Yang terhormat,")


@pytest.mark.parametrize("name", ["../../etc/passwd", "..", "", "new", "1.M1P1Q1.rekaan"])
def test_only_letters_of_the_folder_can_be_read(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mail"
    for _ in range(2):  # before there is a folder, and with an empty one
        with pytest.raises(NotFound):
            catcher.read_message(folder, name)
        with catcher.catching(folder, "127.0.0.1", free_port()):
            pass


def test_letters_with_links_and_codes_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    with catcher.catching(folder, "localhost", free_port()):
        assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])  # noqa: S104 because this is what must not be possible
def test_it_listens_on_a_loopback_address_only(tmp_path: Path, host: str) -> None:
    with pytest.raises(ValueError, match="loopback"), catcher.catching(tmp_path / "mail", host, free_port()):
        pass


def test_as_a_child_process_it_ends_when_told(tmp_path: Path) -> None:
    port = free_port()
    child = subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path / "mail"), str(port)])
    postman = Postman(MailServer("127.0.0.1", port))
    try:
        while True:
            try:
                postman.send(letter("Undangan"))
            except MailTryLater:
                assert child.poll() is None
            else:
                break
        child.send_signal(signal.SIGTERM)
        assert child.wait(20) == 0
    finally:
        child.kill()
        postman.close()
    assert [caught.subject for caught in catcher.list_messages(tmp_path / "mail")] == ["Undangan"]
