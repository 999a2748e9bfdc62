"""The small servers that `prasasti serve` starts beside web and worker: test authority, development mail catcher."""

import sys

from backend.mail import catcher
from backend.settings import Settings
from backend.signing.testpki import serve as authority


def main(name: str) -> int:
    """Run one of them until SIGTERM."""
    settings = Settings()
    if name == "testpki":
        authority.run(settings.keys / "testpki", "127.0.0.1", settings.testpki_port)
    else:
        catcher.run(settings.mailbox, settings.smtp_host, settings.smtp_port)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
