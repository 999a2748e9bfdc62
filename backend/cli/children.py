"""The small servers that `prasasti serve` starts beside web and worker: test authority, development mail catcher."""

import sys

from backend.mail import catcher
from backend.settings import load_settings
from backend.signing.testpki import serve as authority
from backend.signing.testpki.authority import port_of


def main(name: str) -> int:
    """Run one of them until SIGTERM."""
    settings = load_settings()
    if name == "testpki":
        folder = settings.keys / "testpki"
        # Certificates name the port of the day they were made, whatever the settings say now.
        authority.run(folder, "127.0.0.1", port_of(folder))
    else:
        catcher.run(settings.mailbox, settings.smtp_host, settings.smtp_port)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
