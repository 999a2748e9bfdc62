"""What each field of the published JSON means. Fields are added and never renamed; a test holds this to the JSON.

`docs/reference/api.md` is written from here.
"""

OF_A_FILE: dict[str, str] = {
    "file": "the name under which the file was given",
    "sha256": "SHA-256 of the file, hex",
    "verdict": "`passed`, `failed`, `indeterminate`, `unsigned` or `unreadable`; failed wins over indeterminate",
    "reasons": "codes of what was found in any signature, or why the file could not be read",
    "signatures": "one object per signature, seal and document timestamp, in document order",
    "empty_fields": "names of signature fields without a signature: what is still missing",
    "known_to_log": "whether the SHA-256 is a recorded revision; null where no log was asked",
    "anchor_class": "class of the weakest root: `certified`, `other` or `test`; null without signatures",
    "notes": "codes of what is worth telling and changes no verdict",
    "checked_at": "when this was found (RFC 3339, UTC)",
}

OF_A_SIGNATURE: dict[str, str] = {
    "field": "name of the signature field",
    "signer": "common name in the certificate; null where it cannot be read",
    "issuer": "common name of the certificate's issuer",
    "kind": "`signature`, `seal` or `timestamp`",
    "intact": "the signed bytes and the signature value are right",
    "covers": "`whole file` or `revision`: whether the signed bytes reach to the last byte of the file",
    "changes_after": "`none`, `permitted`, `visible` (added in sight, for an eye to judge) or `not permitted`",
    "trusted": "a chain to an active root, every certificate valid and none revoked at the proven time",
    "anchor_class": "class of the root that was reached, null where none was",
    "level": "`B-B`, `B-T`, `B-LT`, `B-LTA` as it was proven, `none` for what is not PAdES, null for timestamps",
    "signed_at": "the time that the signer states himself; a timestamp's own time",
    "timestamp_at": "the earliest trusted timestamp, null without one",
    "proven_at": "the time at which the certificates were judged: `timestamp_at`, else the time of the check",
    "changes": "what was added later: `signature`, `timestamp`, `archive`, `metadata`",
    "certificate_sha256": "SHA-256 of the signer's certificate, hex",
    "verdict": "the verdict on this signature: `passed`, `failed` or `indeterminate`",
    "reasons": "codes of what was found in this signature",
    "notes": "codes of what is worth telling about it",
}
