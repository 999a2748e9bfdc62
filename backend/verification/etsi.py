"""A report in the XML of ETSI TS 119 102-2 V1.4.1, for programs that read such reports. Says what the report says.

Written with the standard library alone; certificates are named by their digest, because the file itself holds them.
"""

import base64
import re
from collections.abc import Sequence
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from backend.clock import to_text
from backend.verification import etsi_terms as terms
from backend.verification.findings import REASONS, TITLES, Aspect, state_of
from backend.verification.points import State
from backend.verification.report import Report, SignatureReport
from backend.verification.verdict import TABLE, Reason, Verdict

CONSTRAINT = "urn:x-prasasti:constraint:"
DATA = "urn:x-prasasti:data:"
POLICY = "Prasasti: EN 319 102-1, offline, anchors pinned by SHA-256"
FILE = "file"
STATES = {State.OK: Verdict.PASSED, State.BAD: Verdict.FAILED, State.UNKNOWN: Verdict.INDETERMINATE}
# XML 1.0 clause 2.2: what no document may hold, not even escaped; a name in a certificate may.
ILLEGAL = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

for _prefix, _namespace in (("", terms.REPORT), ("xades", terms.XADES), ("ds", terms.XML_SIGNATURE)):
    register_namespace(_prefix, _namespace)
register_namespace("tsl", terms.TRUST_LIST)


def to_xml(report: Report, program: str) -> bytes:
    """Return the report as a ValidationReport in UTF-8; `program` names who checked (name and version, no claim).

    Document timestamps are validation objects with reports of their own, as clause 4.4 has it; a file that holds
    nothing else, no signature, or nothing that can be read gets one report that says so.
    """
    root = Element(_name("ValidationReport"))
    signatures = [found for found in report.signatures if found.kind != "timestamp"]
    stamps = [found for found in report.signatures if found.kind == "timestamp"]
    for found in signatures:
        _signature(root, report, found)
    if not signatures:
        _nothing_signed(root, report)
    if report.sha256:
        _objects(root, report, stamps)
    who = SubElement(SubElement(root, _name("SignatureValidator")), _name("DigitalId"))
    SubElement(who, _name("Other", terms.TRUST_LIST)).text = _clean(program)
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True))


def _name(local: str, namespace: str = terms.REPORT) -> str:
    return f"{{{namespace}}}{local}"


def _clean(text: str) -> str:
    return ILLEGAL.sub("\ufffd", text)


def _add(parent: Element, local: str, text: str | None = None, **attributes: str) -> Element:
    made = SubElement(parent, _name(local), attributes)
    if text is not None:
        made.text = _clean(text)
    return made


def _digest(parent: Element, algorithm: str, value: bytes, *, wrapped: bool = True) -> None:
    holder = _add(parent, "DigestAlgAndValue") if wrapped else parent
    SubElement(holder, _name("DigestMethod", terms.XML_SIGNATURE), Algorithm=algorithm)
    SubElement(holder, _name("DigestValue", terms.XML_SIGNATURE)).text = _base64(value)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _nothing_signed(root: Element, report: Report) -> None:
    told = _add(root, "SignatureValidationReport")
    status = _add(told, "SignatureValidationStatus")
    # Document timestamps alone sign nothing for anybody.
    verdict = Verdict.UNREADABLE if report.verdict is Verdict.UNREADABLE else Verdict.UNSIGNED
    _add(status, "MainIndication", terms.MAIN[verdict])
    if verdict is Verdict.UNREADABLE:
        for uri in dict.fromkeys(terms.sub_indication(reason) for reason in report.reasons):
            _add(status, "SubIndication", uri)
        _data(_add(status, "AssociatedValidationReportData"), [("reason", str(r)) for r in report.reasons])


def _signature(root: Element, report: Report, found: SignatureReport) -> None:
    told = _add(root, "SignatureValidationReport")
    _identifier(told, found)
    _constraints(told, report, found)
    _times(told, report, found)
    document = _add(told, "SignersDocument")
    algorithm = terms.DIGESTS.get(found.details.digest_algorithm or "")
    if found.details.digest and algorithm:
        _digest(document, algorithm, found.details.digest)
    _refer(document, "SignersDocumentRepresentation", FILE)
    _attributes(told, report, found)
    if found.certificate_sha256:
        signer = _add(told, "SignerInformation")
        _refer(signer, "SignerCertificate", _certificate_id(found.certificate_sha256))
        _add(signer, "Signer", found.signer or "")
    _status(told, found, terms.MAIN)


def _identifier(told: Element, found: SignatureReport) -> None:
    identifier = _add(told, "SignatureIdentifier")
    details = found.details
    algorithm = terms.DIGESTS.get(details.digest_algorithm or "")
    if details.digest and algorithm:
        _digest(identifier, algorithm, details.digest)
    if details.signature_value:
        value = SubElement(identifier, _name("SignatureValue", terms.XML_SIGNATURE))
        value.text = _base64(details.signature_value)
    _add(identifier, "HashOnly", "false")
    _add(identifier, "DocHashOnly", "false")
    _field(_add(identifier, "OtherInformation"), found)


def _field(parent: Element, found: SignatureReport) -> None:
    _add(_add(parent, "SignatureReference"), "PAdESFieldName", found.field)


def _constraints(told: Element, report: Report, found: SignatureReport) -> None:
    """Write one constraint for each aspect: what was found out apart stays apart."""
    evaluation = _add(told, "ValidationConstraintsEvaluationReport")
    policy = _add(evaluation, "SignatureValidationPolicy")
    identifier = _add(policy, "SignaturePolicyIdentifier")
    SubElement(identifier, _name("SignaturePolicyImplied", terms.XADES))
    _add(policy, "PolicyName", POLICY)
    for aspect in TITLES:
        state = state_of(aspect, found, report)
        if state is None and aspect is not Aspect.LOG:
            continue
        constraint = _add(evaluation, "ValidationConstraint")
        _add(constraint, "ValidationConstraintIdentifier", f"{CONSTRAINT}{aspect}")
        _add(_add(constraint, "ConstraintStatus"), "Status", terms.APPLIED if state else terms.DISABLED)
        if state:
            status = _add(constraint, "ValidationStatus")
            _add(status, "MainIndication", terms.PARTIAL[STATES[state]])
            _sub_indications(status, [reason for reason in found.reasons if reason in REASONS[aspect]], found)


def _sub_indications(status: Element, reasons: Sequence[Reason], found: SignatureReport) -> None:
    for uri in dict.fromkeys(terms.sub_indication(reason, found) for reason in reasons):
        _add(status, "SubIndication", uri)


def _times(told: Element, report: Report, found: SignatureReport) -> None:
    times = _add(told, "ValidationTimeInfo")
    _add(times, "ValidationTime", to_text(report.checked_at))
    best = _add(times, "BestSignatureTime")
    _proof(best, found.timestamp_at or report.checked_at)


def _proof(parent: Element, at: datetime) -> None:
    _add(parent, "POETime", to_text(at))
    _add(parent, "TypeOfProof", terms.BY_VALIDATION)


def _attributes(told: Element, report: Report, found: SignatureReport) -> None:
    details = found.details
    if details.byte_range is None:
        return
    attributes = _add(told, "SignatureAttributes")
    if found.signed_at:
        _add(_add(attributes, "SigningTime"), "Time", to_text(found.signed_at))
    if found.certificate_sha256:
        named = _add(_add(attributes, "SigningCertificate"), "CertID")
        _digest(named, terms.SHA256, bytes.fromhex(found.certificate_sha256), wrapped=False)
    for stamp in details.stamps:
        if stamp.at:
            _add(_add(attributes, "SignatureTimeStamp"), "TimeStampValue", to_text(stamp.at))
    if details.digest:
        _add(_add(attributes, "MessageDigest"), "Digest", _base64(details.digest))
    for number, stamp_report in _stamps_over(report, found):
        if stamp_report.signed_at:
            stamped = _add(attributes, "DocTimeStamp")
            _refer(stamped, "AttributeObject", _stamp_id(number))
            _add(stamped, "TimeStampValue", to_text(stamp_report.signed_at))
    _add(_add(attributes, "SubFilter"), "SubFilterElement", details.subfilter or "")
    _add(attributes, "ByteRange", " ".join(map(str, details.byte_range)))


def _stamps_over(report: Report, found: SignatureReport) -> list[tuple[int, SignatureReport]]:
    """Return the document timestamps, numbered, that stand after a signature in the file."""
    position = report.signatures.index(found)
    stamps = [one for one in report.signatures if one.kind == "timestamp"]
    return [(number, one) for number, one in enumerate(stamps) if report.signatures.index(one) > position]


def _status(told: Element, found: SignatureReport, indications: dict[Verdict, str]) -> None:
    status = _add(told, "SignatureValidationStatus")
    _add(status, "MainIndication", indications[found.verdict])
    # Only what leads to this verdict: a failed signature may also lack a proof, which is told as its own data below.
    _sub_indications(status, [r for r in found.reasons if TABLE[r].verdict is found.verdict], found)
    associated = _add(status, "AssociatedValidationReportData")
    chain = [_certificate_id(link.sha256) for link in found.details.chain]
    if chain:
        _refer(associated, "TrustAnchor", chain[-1])
        climbed = _add(associated, "CertificateChain")
        _refer(climbed, "SigningCertificate", chain[0])
        for between in chain[1:-1]:
            _refer(climbed, "IntermediateCertificate", between)
        _refer(climbed, "TrustAnchor", chain[-1])
    _data(associated, _own(found))


def _own(found: SignatureReport) -> list[tuple[str, str]]:
    """Return what we say beyond ETSI's terms, as pairs of a name and a value."""
    told = [("field", found.field), ("kind", found.kind), ("covers", found.covers)]
    told += [("changes-after", found.changes_after), *(("change", change) for change in found.changes)]
    told += [("level", found.level)] if found.level else []
    told += [("anchor-class", str(found.anchor_class))] if found.anchor_class else []
    told += [("reason", str(reason)) for reason in found.reasons]
    return told + [("note", str(note)) for note in found.notes]


def _data(associated: Element, told: list[tuple[str, str]]) -> None:
    additional = _add(associated, "AdditionalValidationReportData")
    for name, value in told:
        data = _add(additional, "ReportData")
        _add(data, "Type", f"{DATA}{name}")
        _add(data, "Value", value)


def _objects(root: Element, report: Report, stamps: list[SignatureReport]) -> None:
    objects = _add(root, "SignatureValidationObjects")
    _digest(_object(objects, FILE, terms.SIGNED_DATA), terms.SHA256, bytes.fromhex(report.sha256))
    for sha256 in dict.fromkeys(sha256 for found in report.signatures for sha256 in _certificates(found)):
        _digest(_object(objects, _certificate_id(sha256), terms.CERTIFICATE), terms.SHA256, bytes.fromhex(sha256))
    for number, found in enumerate(stamps):
        where = _object(objects, _stamp_id(number), terms.TIMESTAMP)
        _field(_add(where, "direct"), found)
        made = objects[-1]
        if found.signed_at:
            _proof(_add(made, "POE"), found.timestamp_at or report.checked_at)
        told = _add(made, "ValidationReport")
        _constraints(told, report, found)
        _times(told, report, found)
        _status(told, found, terms.PARTIAL)


def _object(objects: Element, identifier: str, kind: str) -> Element:
    made = _add(objects, "ValidationObject", id=identifier)
    _add(made, "ObjectType", kind)
    return _add(made, "ValidationObjectRepresentation")


def _certificates(found: SignatureReport) -> list[str]:
    return [link.sha256 for link in found.details.chain] or [sha for sha in (found.certificate_sha256,) if sha]


def _refer(parent: Element, local: str, identifier: str) -> None:
    _add(parent, local, VOReference=identifier)


def _certificate_id(sha256: str) -> str:
    return f"certificate-{sha256}"


def _stamp_id(number: int) -> str:
    return f"timestamp-{number + 1}"
