"""Signed statements: whether an attached JSON Web Signature signs its statement (Data 2.6)."""

import base64
import re
from typing import Any

from midflow.core.record.compare import same
from midflow.core.record.jsontext import decode
from midflow.core.record.problem import RecordError
from midflow.core.record.validate import check_statement

SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"
"""The usageType of an attachment that is a signature."""

ALGORITHMS = {"RS256": "SHA256", "RS384": "SHA384", "RS512": "SHA512"}
BASE64URL = re.compile(rb"(?:[A-Za-z0-9_\-]{4})*(?:[A-Za-z0-9_\-]{2,3})?\Z")
"""Without padding, as JWS has it; one character left over is half a byte."""

SECTION = "Data 2.6"


def check_signature(signature: bytes, statement: dict[str, Any], *, where: str = "$") -> None:
    """Refuse a signature that is malformed or of another statement, with RecordError.

    `signature` is a JWS in compact serialization (RFC 7515), by RS256, RS384 or RS512, whose payload is the
    checked statement as it was before it was signed. Where its header has certificates (x5c), the signature is
    checked against the first. That catches mistakes; whom to trust is for the reader to decide.
    """
    parts = signature.strip().split(b".")
    if len(parts) != 3:
        raise _wrong("must be a JWS in compact serialization: three parts with dots between them", where)
    header = _json(parts[0], "header", where)
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
        raise _wrong(f"must be made by RS256, RS384 or RS512, not by {str(algorithm)[:20]}", where)
    if "crit" in header or header.get("b64") is False:
        raise _wrong("must not need extensions of JWS (crit, b64)", where)
    payload = _json(parts[1], "payload", where)
    signed = _bytes(parts[2], "signature", where)
    _check_payload(payload, statement, where)
    if "x5c" in header:
        _check_certificate(header["x5c"], algorithm, parts[0] + b"." + parts[1], signed, where)


def _check_payload(payload: dict[str, Any], statement: dict[str, Any], where: str) -> None:
    try:
        check_statement(payload, version="2.0.0")  # a signed statement of 1.0 is one of 2.0 as well
    except RecordError as error:
        raise _wrong(f"signs what is no statement: {error.where} {error.message}", where) from error
    if not same(payload, statement):
        raise _wrong("signs another statement than the one it is attached to", where)


def _check_certificate(chain: Any, algorithm: str, signing_input: bytes, signed: bytes, where: str) -> None:
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    if not isinstance(chain, list) or not chain or not all(isinstance(item, str) for item in chain):
        raise _wrong("has an x5c that is no array of certificates in base64", where)
    try:
        der = [base64.b64decode(item, validate=True) for item in chain]
        key = x509.load_der_x509_certificate(der[0]).public_key()
    except (ValueError, TypeError) as error:
        raise _wrong(
            "has an x5c whose first entry is no X.509 certificate in DER and base64", where
        ) from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise _wrong("has a certificate whose key is not RSA", where)
    hash_ = getattr(hashes, ALGORITHMS[algorithm])()
    try:
        key.verify(signed, signing_input, padding.PKCS1v15(), hash_)
    except InvalidSignature as error:
        raise _wrong("was not made with the key of the certificate in its header", where) from error


def _json(part: bytes, name: str, where: str) -> dict[str, Any]:
    raw = _bytes(part, name, where)
    try:
        value = decode(raw)
    except RecordError as error:
        raise _wrong(f"has a {name} that {error.message}", where) from error
    if not isinstance(value, dict):
        raise _wrong(f"has a {name} that is no JSON object", where)
    return value


def _bytes(part: bytes, name: str, where: str) -> bytes:
    if BASE64URL.match(part) is None:
        raise _wrong(f"has a {name} that is not base64url", where)
    made = base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    if not made:
        raise _wrong(f"has an empty {name}", where)
    return made


def _wrong(message: str, where: str) -> RecordError:
    return RecordError(f"the signature {message}", section=SECTION, where=where)
