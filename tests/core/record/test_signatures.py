"""Signed statements: a signature is one of its statement, by an algorithm that is allowed (Data 2.6)."""

import base64
import datetime as dt
import hashlib
import json
from functools import lru_cache
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from midflow.core.record.multipart import Part, check_attachments
from midflow.core.record.problem import RecordError
from midflow.core.record.signatures import SIGNATURE, check_signature
from tests.core.record.sample import changed, full, newer, small

STATEMENT = full()


@lru_cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache
def other_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def certificate(private: Any) -> str:
    """Return a certificate of the key, in DER and base64, as x5c has it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Chloé's signer")])
    day = dt.datetime(2026, 1, 1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + dt.timedelta(days=1))
        .sign(private, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def signed(
    payload: Any, *, algorithm: str = "RS256", headers: dict[str, Any] | None = None, secret: Any = None
) -> bytes:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return jwt.api_jws.encode(raw, secret or key(), algorithm=algorithm, headers=headers).encode()


def refusal(signature: bytes, statement: dict[str, Any] = STATEMENT) -> str:
    with pytest.raises(RecordError) as caught:
        check_signature(signature, statement, where="$.attachments[0]")
    assert (caught.value.where, caught.value.section, caught.value.status) == (
        "$.attachments[0]",
        "Data 2.6",
        400,
    )
    return caught.value.message


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_of_the_statement_is_accepted(algorithm: str) -> None:
    check_signature(signed(STATEMENT, algorithm=algorithm), STATEMENT)
    chain = {"x5c": [certificate(key()), certificate(other_key())]}
    check_signature(signed(STATEMENT, algorithm=algorithm, headers=chain), STATEMENT)


def test_what_a_store_adds_does_not_break_a_signature() -> None:
    check_signature(signed(small()), small() | {"id": full()["id"], "version": "1.0.0"})
    check_signature(signed(newer()), newer())


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        (b"", "compact serialization"),
        (b"a.b", "compact serialization"),
        (b"a.b.c.d", "compact serialization"),
        (b'{"payload":"x","signatures":[]}', "compact serialization"),
        (b"!!!!.e30.eA", "has a header that is not base64url"),
        (b"e30=.e30.eA", "has a header that is not base64url"),
        (b"e.e30.eA", "has a header that is not base64url"),
        (b"bm9uc2Vuc2U.e30.eA", "has a header that"),
        (b"W10.e30.eA", "has a header that is no JSON object"),
        (b".e30.eA", "has an empty header"),
    ],
)
def test_what_is_no_signature_is_refused(signature: bytes, message: str) -> None:
    assert message in refusal(signature)


def test_another_algorithm_is_refused() -> None:
    assert "by RS256, RS384 or RS512" in refusal(signed(STATEMENT, algorithm="HS256", secret="s" * 32))
    assert "not by PS256" in refusal(signed(STATEMENT, algorithm="PS256"))
    none = base64.urlsafe_b64encode(b'{"alg":"none"}').rstrip(b"=") + b".e30."
    assert "not by none" in refusal(none)
    assert "must be made by" in refusal(
        base64.urlsafe_b64encode(b'{"alg":["RS256"]}').rstrip(b"=") + b".e30.eA"
    )


def test_a_payload_that_is_no_json_or_no_statement_is_refused() -> None:
    assert "has a payload that" in refusal(signed(json.dumps(STATEMENT).replace('"', "'", 1).encode()))
    assert "has a payload that is no JSON object" in refusal(signed([STATEMENT]))
    assert "signs what is no statement: $ a Statement needs" in refusal(signed({}))


def test_a_signature_of_another_statement_is_refused() -> None:
    assert "signs another statement" in refusal(
        signed(changed(STATEMENT, "actor.mbox", "mailto:ben@example.org"))
    )


def test_a_signature_that_asks_for_extensions_of_jws_is_refused() -> None:
    assert "extensions of JWS" in refusal(signed(STATEMENT, headers={"crit": ["exp"], "exp": 1}))


def test_a_signature_is_checked_against_its_certificate() -> None:
    wrong = signed(STATEMENT, headers={"x5c": [certificate(other_key())]})
    assert "was not made with the key of the certificate" in refusal(wrong)


@pytest.mark.parametrize(
    ("chain", "message"),
    [
        ([], "no array of certificates"),
        ("x", "no array of certificates"),
        ([1], "no array of certificates"),
        (["!"], "no X.509 certificate"),
        (["bm9uc2Vuc2U="], "no X.509 certificate"),
    ],
)
def test_a_certificate_that_is_none_is_refused(chain: Any, message: str) -> None:
    assert message in refusal(signed(STATEMENT, headers={"x5c": chain}))


def test_a_certificate_of_another_kind_of_key_is_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    assert "whose key is not RSA" in refusal(signed(STATEMENT, headers={"x5c": [certificate(curve)]}))


# As attachments


def with_signature(
    signature: bytes, content_type: str = "application/octet-stream"
) -> tuple[dict[str, Any], Part]:
    sha2 = hashlib.sha256(signature).hexdigest()
    attachment = {
        "usageType": SIGNATURE,
        "display": {"en": "Signature"},
        "contentType": content_type,
        "length": len(signature),
        "sha2": sha2,
    }
    return small() | {"attachments": [attachment]}, Part(content_type, signature, sha2)


def test_a_signed_statement_is_accepted_and_a_badly_signed_one_refused() -> None:
    statement, part = with_signature(signed(small()))
    check_attachments([statement], {part.sha2: part})
    statement, part = with_signature(signed(full()))
    with pytest.raises(RecordError, match="signs another statement") as caught:
        check_attachments([statement], {part.sha2: part})
    assert caught.value.where == "$.attachments[0]"


def test_a_signature_of_another_content_type_is_refused() -> None:
    statement, part = with_signature(signed(small()), "text/plain")
    with pytest.raises(RecordError, match="application/octet-stream") as caught:
        check_attachments([statement], {part.sha2: part})
    assert caught.value.where == "$.attachments[0].contentType"
