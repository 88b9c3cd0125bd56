"""Statements and attachments in one body, as clients send it and as it is sent back."""

import hashlib
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midflow.core.record.multipart import Part, build, check_attachments, is_multipart, parse
from midflow.core.record.problem import RecordError
from tests.core.record.sample import MISSING, changed, full, nested, small

TYPE = "multipart/mixed; boundary=abc"
TEXT = b"here is a simple attachment"
SHA2 = hashlib.sha256(TEXT).hexdigest()
STATEMENT = changed(changed(full(), "attachments.0.fileUrl", MISSING), "attachments.0.sha2", SHA2)
HEAD = f"Content-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: {SHA2}\r\n"
FIRST = b"Content-Type: application/json\r\n\r\n" + json.dumps(STATEMENT).encode()
SECOND = HEAD.encode() + b"\r\n" + TEXT


def body(*parts: bytes, boundary: bytes = b"abc") -> bytes:
    return (
        b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + boundary + b"--\r\n"
    )


def refusal(sent: bytes, content_type: str = TYPE) -> RecordError:
    with pytest.raises(RecordError) as caught:
        parse(content_type, sent)
    return caught.value


def test_the_first_part_is_the_statements_and_the_others_are_found_by_their_hash() -> None:
    statements, parts = parse(TYPE, body(FIRST, SECOND))
    assert json.loads(statements) == STATEMENT
    assert parts == {SHA2: Part("text/plain", TEXT, SHA2)}
    check_attachments([STATEMENT], parts)


@pytest.mark.parametrize(
    "content_type",
    [
        TYPE,
        'multipart/mixed; boundary="abc"',
        "Multipart/Mixed;BOUNDARY=abc",
        'multipart/mixed; charset=utf-8; boundary="abc"; x=y',
        "multipart/mixed;boundary=abc;x=y",
    ],
)
def test_the_boundary_is_read_from_the_content_type(content_type: str) -> None:
    assert is_multipart(content_type)
    assert parse(content_type, body(FIRST, SECOND))[1].keys() == {SHA2}


def test_a_boundary_may_have_every_sign_that_mime_allows() -> None:
    sent = body(FIRST, SECOND, boundary=b"abcABC0123'()+_,-./:=?")
    parse('multipart/mixed; boundary="abcABC0123\'()+_,-./:=?"', sent)


@pytest.mark.parametrize(
    "sent",
    [
        b"\r\n" + body(FIRST, SECOND),
        b"preamble\r\n--abcd\r\n" + body(FIRST, SECOND) + b"epilogue --abc\r\n--abc\r\n",
        body(FIRST, SECOND).removesuffix(b"\r\n"),
        body(FIRST, SECOND).replace(b"\r\n", b"\n"),
        body(FIRST, SECOND).replace(b"--abc\r\n", b"--abc \t\r\n"),
        body(
            FIRST, SECOND.replace(b"binary", b"BINARY").replace(b"Content-", b"content-").replace(b": ", b":")
        ),
        body(FIRST, SECOND.replace(SHA2.encode(), SHA2.upper().encode())),
        body(FIRST, b'Content-Disposition: attachment; filename="a.txt"\r\n' + SECOND),
        body(FIRST, SECOND, SECOND),
    ],
)
def test_what_surrounds_and_spells_the_parts_is_free(sent: bytes) -> None:
    statements, parts = parse(TYPE, sent)
    assert json.loads(statements) == STATEMENT
    assert parts[SHA2].body == TEXT


def test_content_that_looks_like_a_boundary_within_a_line_is_content() -> None:
    tricky = b"x --abc\r\n--abcd\r\n\r--abc--\r\n--abc-x\r\n\r\n"
    sha2 = hashlib.sha256(tricky).hexdigest()
    part = SECOND.replace(TEXT, tricky).replace(SHA2.encode(), sha2.encode())
    assert parse(TYPE, body(FIRST, part))[1][sha2].body == tricky


def test_an_empty_attachment_is_one() -> None:
    sha2 = hashlib.sha256(b"").hexdigest()
    part = SECOND.removesuffix(TEXT).replace(SHA2.encode(), sha2.encode())
    assert parse(TYPE, body(FIRST, part))[1][sha2].body == b""


@pytest.mark.parametrize("digest", ["sha224", "sha256", "sha384", "sha512"])
def test_every_sha_2_may_be_used(digest: str) -> None:
    sha2 = hashlib.new(digest, TEXT).hexdigest()
    assert parse(TYPE, body(FIRST, SECOND.replace(SHA2.encode(), sha2.encode())))[1].keys() == {sha2}


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        (b"", "body"),
        (b"no boundary at all", "body"),
        (FIRST + b"\r\n" + body(SECOND), "part 1"),
        (body(), "part 1"),
        (body(SECOND), "part 1"),
        (body(FIRST.replace(b"application/json", b"text/plain"), SECOND), "part 1"),
        (body(FIRST.removeprefix(b"Content-Type: application/json\r\n"), SECOND), "part 1"),
        (body(FIRST, FIRST, SECOND), "part 2"),
        (body(FIRST, SECOND.replace(b"X-Experience-API-Hash", b"X-Hash")), "part 2"),
        (body(FIRST, SECOND.replace(b"binary", b"base64")), "part 2"),
        (body(FIRST, SECOND.replace(b"Content-Transfer-Encoding: binary\r\n", b"")), "part 2"),
        (body(FIRST, SECOND.replace(b"Content-Type: text/plain\r\n", b"")), "part 2"),
        (body(FIRST, SECOND.replace(SHA2.encode(), b"0" * 64)), "part 2"),
        (body(FIRST, SECOND.replace(SHA2.encode(), b"nonsense")), "part 2"),
        (body(FIRST, SECOND + b"!"), "part 2"),
        (body(FIRST, SECOND, HEAD.encode()), "body"),
        (body(FIRST, b"no headers"), "body"),
        (body(FIRST, SECOND).removesuffix(b"--abc--\r\n"), "body"),
        (body(FIRST, SECOND, boundary=b"xyz"), "body"),
    ],
)
def test_a_body_that_is_not_put_together_well_is_refused(sent: bytes, where: str) -> None:
    error = refusal(sent)
    assert (error.where, error.section, error.status) == (where, "Communication 1.5.2", 400)


@pytest.mark.parametrize(
    "content_type", ["multipart/mixed", "multipart/mixed;", 'multipart/mixed; boundary=""']
)
def test_a_content_type_without_a_boundary_is_refused(content_type: str) -> None:
    assert refusal(body(FIRST, SECOND), content_type).where == "Content-Type"


@given(st.binary(max_size=200), st.binary(max_size=20))
def test_any_bytes_are_parsed_or_refused(sent: bytes, middle: bytes) -> None:
    for raw in (sent, body(FIRST, sent), body(sent, SECOND), body(FIRST, SECOND.replace(b"binary", middle))):
        try:
            parse(TYPE, raw)
        except RecordError as error:
            assert error.message


# Attachments and parts together


def test_attachments_with_an_address_need_no_part() -> None:
    check_attachments([small(), full()], {})


def test_a_part_may_come_with_an_address_as_well() -> None:
    statement = changed(full(), "attachments.0.sha2", SHA2)
    check_attachments([statement], {SHA2: Part("text/plain", TEXT, SHA2)})


def test_statements_may_share_a_part_and_write_its_hash_in_capitals() -> None:
    shouting = changed(STATEMENT, "attachments.0.sha2", SHA2.upper())
    check_attachments([STATEMENT, shouting], {SHA2: Part("text/plain", TEXT, SHA2)})


def test_the_length_is_not_compared_because_nothing_but_the_hash_matches_a_part() -> None:
    statement = changed(STATEMENT, "attachments.0.length", 1)
    check_attachments([statement], {SHA2: Part("text/plain", TEXT, SHA2)})


@pytest.mark.parametrize(
    ("statements", "where"),
    [([STATEMENT], "$.attachments[0]"), ([small(), STATEMENT], "$[1].attachments[0]")],
)
def test_an_attachment_without_address_and_part_is_refused(
    statements: list[dict[str, Any]], where: str
) -> None:
    with pytest.raises(RecordError, match="needs a fileUrl") as caught:
        check_attachments(statements, {})
    assert caught.value.where == where


def test_a_part_that_belongs_to_nothing_is_refused() -> None:
    with pytest.raises(RecordError, match="belongs to no attachment") as caught:
        check_attachments([small()], {SHA2: Part("text/plain", TEXT, SHA2)})
    assert caught.value.where == "part 2"


def test_a_part_of_another_kind_than_its_attachment_is_refused() -> None:
    with pytest.raises(RecordError, match="must be the same") as caught:
        check_attachments([STATEMENT], {SHA2: Part("image/png", TEXT, SHA2)})
    assert caught.value.where == "$.attachments[0].contentType"


def test_attachments_of_a_substatement_are_attachments_too() -> None:
    statement = nested()
    statement["object"]["attachments"] = STATEMENT["attachments"]
    check_attachments([statement], {SHA2: Part("text/plain", TEXT, SHA2)})
    with pytest.raises(RecordError) as caught:
        check_attachments([statement], {})
    assert caught.value.where == "$.object.attachments[0]"


# What is sent back


@given(st.binary(max_size=300), st.lists(st.binary(max_size=300), max_size=4))
def test_what_is_built_is_parsed_to_the_same(statements: bytes, contents: list[bytes]) -> None:
    parts = {
        sha2: Part("text/plain", raw, sha2) for raw in contents for sha2 in [hashlib.sha256(raw).hexdigest()]
    }
    content_type, chunks = build(statements, parts.values())
    assert parse(content_type, b"".join(chunks)) == (statements, parts)


def test_the_boundary_is_plain_and_occurs_in_nothing_it_separates() -> None:
    content_type, chunks = build(b"{}", [Part("text/plain", TEXT, SHA2)])
    boundary = content_type.removeprefix("multipart/mixed; boundary=")
    assert re.fullmatch(r"[0-9a-f]{32}", boundary)
    assert b"".join(chunks).count(boundary.encode()) == 3


def test_a_boundary_that_occurs_in_what_it_separates_is_replaced() -> None:
    boundary = build(b"{}", [Part("text/plain", b"", SHA2)])[0].partition("=")[2]
    content_type, chunks = build(b"{}", [Part("text/plain", boundary.encode(), SHA2)])
    assert content_type.partition("=")[2] != boundary
    assert b"".join(chunks).count(boundary.encode()) == 1
