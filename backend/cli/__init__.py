"""The command line's door: `prasasti`. `verify` needs the base dependencies alone, the rest the server's."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence

from backend.errors import Refusal
from backend.languages import available, translate
from backend.verification import command as verification

REFUSED = 1


class ServerMissing(Refusal):
    """A command needs what only `prasasti[server]` installs."""

    code = "server-missing"
    message = "Perintah ini memerlukan paket %(package)s, yang tidak ikut terpasang bersama pemeriksa."
    remedy = "Pasang `prasasti[server]`, lalu ulangi. Untuk `prasasti verify` tidak ada lagi yang perlu dipasang."


def parser() -> verification.Parser:
    """Return the parser of all commands; each names the function that carries it out, imported when it is called."""
    top = verification.Parser(prog="prasasti", description="Seremoni penandatanganan virtual yang dapat diperiksa.")
    top.add_argument("--language", choices=available(), default="id", help="language of messages (default: id)")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    verification.add_parser(commands)
    _simple(
        commands, "install", "make the deployment's folder: secrets, test authority, database", "deployment:install"
    )
    _simple(commands, "check", "check this deployment and say plainly what is wrong", "deployment:check")
    _simple(commands, "serve", "run web, worker and, in development, test authority and mail catcher", "serve:serve")
    _user(commands)
    _ceremony(commands)
    _regenerate(commands)
    _log(commands)
    _person(commands)
    _cosigner(commands)
    return top


def _simple(commands: "argparse._SubParsersAction[verification.Parser]", name: str, told: str, call: str) -> None:
    commands.add_parser(name, help=told).set_defaults(call=call)


def _user(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    verbs = commands.add_parser("user", help="staff accounts").add_subparsers(required=True, metavar="VERB")
    create = verbs.add_parser("create", help="create a staff account; the password is asked for, or read from stdin")
    create.add_argument("email")
    create.add_argument("--name", required=True)
    create.add_argument("--role", choices=("organiser", "auditor"), default="organiser")
    create.set_defaults(call="user:create")
    remove = verbs.add_parser("remove", help="remove a staff account; its sessions end at once")
    remove.add_argument("email")
    remove.set_defaults(call="user:remove")


def _ceremony(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    verbs = commands.add_parser("ceremony", help="ceremonies").add_subparsers(required=True, metavar="VERB")
    create = verbs.add_parser("create", help="create a ceremony from its file (docs/ceremony-file.md)")
    create.add_argument("file")
    create.add_argument("--test-keys", metavar="FILE", help="also make test keys; write each passphrase to FILE (CSV)")
    create.set_defaults(call="ceremony:create")
    verbs.add_parser("list", help="list all ceremonies").set_defaults(call="ceremony:list_all")
    export = verbs.add_parser("export", help="write the evidence of a sealed ceremony to a file; the log tells it")
    export.add_argument("ceremony", help="the ceremony's id")
    export.add_argument("file", help="file to be made (.asice)")
    export.add_argument("--recipient", required=True, help="who receives it: person and institution")
    export.add_argument("--reason", required=True, help="why it is handed out")
    export.set_defaults(call="evidence:export")
    enrol = verbs.add_parser("enrol-test-keys", help="make test key files for the signatories of a test or rehearsal")
    enrol.add_argument("ceremony", help="the ceremony's id")
    enrol.add_argument(
        "--passphrases", required=True, help="file to write each person's passphrase to (CSV, mode 0600)"
    )
    enrol.set_defaults(call="ceremony:enrol_test_keys")


def _regenerate(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    told = "make a document again from the data attached to it, and compare"
    regenerate = commands.add_parser("regenerate", help=told)
    regenerate.add_argument("file", help="a PDF of Prasasti, signed or not")
    where = "bundle (.asice), unpacked bundle or folder of templates to work with (default: those installed)"
    regenerate.add_argument("--from", dest="recipes", metavar="PATH", help=where)
    regenerate.set_defaults(call="evidence:remake")


def _log(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    verbs = commands.add_parser("log", help="the audit log").add_subparsers(required=True, metavar="VERB")
    verbs.add_parser("verify", help="derive everything again and compare").set_defaults(call="log:verify")
    verbs.add_parser("export", help="print all leaves, one JSON object a line").set_defaults(call="log:export")
    reset = verbs.add_parser("reset", help="begin the log anew after a backup was restored and no newer one exists")
    reset.add_argument("--confirm", action="store_true", help="do it; without this, only say what would be done")
    reset.set_defaults(call="renewal:reset")
    verbs.add_parser("roles", help="print the SQL of the roles on PostgreSQL").set_defaults(call="renewal:roles_sql")
    check = verbs.add_parser("check", help="check a receipt: a leaf and its proof; needs no server and no network")
    check.add_argument("proof", help="the .tlog-proof file")
    check.add_argument("leaf", help="the .json file that came with it, unchanged")
    believed = check.add_mutually_exclusive_group(required=True)
    believed.add_argument("--policy", metavar="FILE", help="whom you believe: your own copy of the log's policy")
    believed.add_argument("--key", metavar="VKEY", help="the log's key alone, one line, as printed in the minutes")
    check.set_defaults(call="receipt:check")
    cosigners = verbs.add_parser("cosigners", help="tell how many cosigners cover the log; exit status 1 below quorum")
    cosigners.add_argument("--ceremony", metavar="ID", help="only up to the sealed minutes of this ceremony")
    cosigners.set_defaults(call="cosigners:show")
    policy = verbs.add_parser("policy", help="print the policy in use, or a new one (docs/cosigner.md)")
    policy.add_argument("--cosigner", nargs=3, action="append", metavar=("NAME", "VKEY", "URL"), help="ask this one")
    policy.add_argument("--needed", type=int, metavar="K", help="how many must have signed (default: all)")
    policy.set_defaults(call="cosigners:policy")


def _person(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    verbs = commands.add_parser("person", help="personal data").add_subparsers(required=True, metavar="VERB")
    listed = verbs.add_parser("list", help="list the people of a ceremony: id, pseudonym, office")
    listed.add_argument("ceremony", help="the ceremony's id")
    listed.set_defaults(call="person:list_all")
    erase = verbs.add_parser("erase", help="erase one person's data for good; no proof breaks, printed names stay")
    erase.add_argument("person", help="the person's id")
    grounds = ("subject-request", "retention-over", "order")
    erase.add_argument("--ground", required=True, choices=grounds, help="why; stands in the log")
    erase.add_argument("--no-duty-to-keep", action="store_true", help="state that no legal hold stands against it")
    erase.set_defaults(call="person:erase")


def _cosigner(commands: "argparse._SubParsersAction[verification.Parser]") -> None:
    told = "watch over the audit log of another institution (docs/cosigner.md)"
    verbs = commands.add_parser("cosigner", help=told).add_subparsers(required=True, metavar="VERB")
    init = verbs.add_parser("init", help="make a cosigner: its key, its list of logs, its memory; print its public key")
    init.add_argument("folder")
    init.add_argument("--name", required=True, help="one word that names it, as penjaga.bpk.go.id/prasasti")
    trust = verbs.add_parser("trust", help="watch over one more log")
    trust.add_argument("folder")
    trust.add_argument("vkey", help="the log's public key, one line, from the ministry's page")
    verbs.add_parser("vkey", help="print the cosigner's public key").add_argument("folder")
    verbs.add_parser("show", help="print what was cosigned last of every log").add_argument("folder")
    serve = verbs.add_parser("serve", help="answer logs over HTTP")
    serve.add_argument("folder")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8330, help="port to listen on (default: 8330, 0 picks one)")
    for name, verb in verbs.choices.items():
        verb.set_defaults(call=f"cosigner:{name}")


def main(words: Sequence[str] | None = None) -> int:
    """Carry out one command and return its exit status; a refusal is told with what to do, never as a traceback."""
    arguments = parser().parse_args(words)
    if hasattr(arguments, "run"):
        return int(arguments.run(arguments))
    module, _, function = arguments.call.partition(":")
    try:
        status = int(_carrier(module, function)(arguments))
        sys.stdout.flush()
    except BrokenPipeError:
        return verification.reader_left()
    except Refusal as refusal:
        sys.stderr.write(told(refusal, arguments.language) + "\n")
        return REFUSED
    return status


def _carrier(module: str, function: str) -> Callable[[argparse.Namespace], int]:
    try:
        found: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f"backend.cli.{module}"), function)
    except ModuleNotFoundError as error:
        if not error.name or error.name.startswith("backend"):
            raise
        raise ServerMissing(package=error.name) from error
    return found


def told(refusal: Refusal, language: str) -> str:
    """Return a refusal in the reader's language: what happened, what to do now, and its code."""
    message = translate(refusal.message, language) % refusal.facts
    remedy = translate(refusal.remedy, language) % refusal.facts if refusal.remedy else ""
    return f"{message} {remedy} [{refusal.code}]"
