"""Attachments and signatures, in and out (Communication 1.5.2, Data 2.4.11, 2.6)."""

import hashlib
import json
from typing import Any

import pytest

from tests.core.record.test_signatures import other_key
from tests.edge.xapi.made import (
    BOUNDARY,
    TEXT,
    attached,
    iri,
    mixed,
    new_id,
    part,
    parted,
    signed_statement,
    statement,
    voids,
    x5c,
)
from tests.edge.xapi.record import STATEMENTS, At, good, refused

BYTES = bytes(range(256)) * 40 + b"\r\n--" + BOUNDARY.encode()[:-1] + b"\r\n"


def essay(body: bytes = TEXT, **members: Any) -> dict[str, Any]:
    return statement(attachments=[attached(body, **members)])


@pytest.mark.parametrize("body", [TEXT, b"", BYTES, b"\r\n", b"a\r\n\r\nb\n"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_bytes_come_back_as_they_were_sent(at: At, body: bytes, method: str) -> None:
    made = essay(body, contentType="application/octet-stream")
    sent, kind = mixed(made, part(body, Content_Type="application/octet-stream"))
    params = {"statementId": made["id"]} if method == "PUT" else {}
    assert at.raw(sent, kind, method=method, **params).status_code == (204 if method == "PUT" else 200)
    answer = good(at.get(statementId=made["id"], attachments=True))
    back, parts = parted(answer.headers["content-type"], answer.content)
    assert back["attachments"] == made["attachments"]
    assert parts == {hashlib.sha256(body).hexdigest(): ("application/octet-stream", body)}
    assert answer.headers["last-modified"]


@pytest.mark.parametrize("params", [{}, {"attachments": False}])
def test_attachments_are_sent_only_when_asked_for(at: At, params: dict[str, Any]) -> None:
    """Communication 2.1.3"""
    made = essay()
    good(at.raw(*mixed(made, part())))
    answer = good(at.get(statementId=made["id"], **params))
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["attachments"] == made["attachments"]


def test_each_attachment_is_sent_once_however_many_statements_have_it(at: At) -> None:
    """Communication 1.5.2"""
    did = {"id": iri("verbs")}
    batch = [essay() | {"verb": did} for _ in range(3)]
    good(at.raw(*mixed(batch, part())))
    answer = good(at.get(verb=did["id"], attachments=True))
    page, parts = parted(answer.headers["content-type"], answer.content)
    assert len(page["statements"]) == 3
    assert [content for _, content in parts.values()] == [TEXT]


def test_without_any_attachment_an_answer_with_attachments_has_one_part(at: At) -> None:
    made = statement()
    at.store(made)
    answer = good(at.get(activity=made["object"]["id"], attachments=True))
    page, parts = parted(answer.headers["content-type"], answer.content)
    assert [one["id"] for one in page["statements"]] == [made["id"]]
    assert parts == {}


def test_the_attachments_of_a_voided_statement_are_sent(at: At) -> None:
    made = essay()
    good(at.raw(*mixed(made, part())))
    at.store(voids(made["id"]))
    answer = good(at.get(voidedStatementId=made["id"], attachments=True))
    back, parts = parted(answer.headers["content-type"], answer.content)
    assert back["id"] == made["id"]
    assert len(parts) == 1


def test_an_attachment_with_an_address_needs_no_part(at: At) -> None:
    """Communication 1.5.1"""
    made = essay(fileUrl="https://example.org/essay.txt")
    good(at.post(made))
    good(at.raw(*mixed(essay(fileUrl="https://example.org/essay.txt"))))
    good(at.raw(*mixed(statement())))
    answer = good(at.get(statementId=made["id"], attachments=True))
    assert parted(answer.headers["content-type"], answer.content)[1] == {}


def test_the_same_bytes_may_be_attached_under_another_media_type(at: At) -> None:
    """Communication 1.5.2: whoever reads a statement may compare"""
    body = new_id().encode()
    for kind in ("text/plain", "application/octet-stream", "text/plain;charset=utf-8"):
        made = essay(body, contentType=kind)
        good(at.raw(*mixed(made, part(body, Content_Type=kind))))
        answer = good(at.get(statementId=made["id"], attachments=True))
        ((back, _),) = parted(answer.headers["content-type"], answer.content)[1].values()
        assert back.partition(";")[0] == kind.partition(";")[0]


def test_what_comes_with_a_statement_that_is_there_already_is_not_kept(at: At) -> None:
    """Data 2.3.1: attachments do not count"""
    body = new_id().encode()
    made = essay(body, fileUrl="https://example.org/essay.txt")
    good(at.post(made))
    good(at.raw(*mixed(made, part(body))))
    assert body not in good(at.get(statementId=made["id"], attachments=True)).content
    sql = "SELECT count(*) FROM attachment WHERE sha2=?"
    sha2 = made["attachments"][0]["sha2"]
    assert at.record.edge.store.read(lambda tx: tx.execute(sql, [sha2]).fetchone()[0]) == 0


def test_a_substatements_attachment_comes_back_too(at: At) -> None:
    """Data 2.4.4.3"""
    inner = {name: item for name, item in essay().items() if name != "id"} | {"objectType": "SubStatement"}
    made = statement(object=inner)
    good(at.raw(*mixed(made, part())))
    answer = good(at.get(statementId=made["id"], attachments=True))
    assert [body for _, body in parted(answer.headers["content-type"], answer.content)[1].values()] == [TEXT]


def test_parameters_of_media_types_and_the_case_of_hashes_do_not_matter(at: At) -> None:
    made = essay(contentType="text/plain; charset=ascii")
    made["attachments"][0]["sha2"] = made["attachments"][0]["sha2"].upper()
    good(at.raw(*mixed(made, part(Content_Type="TEXT/plain", Content_Transfer_Encoding="Binary"))))


def test_lines_may_end_with_lf_alone_and_the_boundary_may_be_quoted(at: At) -> None:
    body, kind = mixed(essay(), part())
    good(at.raw(body.replace(b"\r\n", b"\n"), kind))
    body, _ = mixed(essay(), part())
    good(at.raw(b"preamble\r\n" + body + b"epilogue", f'multipart/mixed; charset=x; boundary="{BOUNDARY}"'))


def bad(**headers: str | None) -> tuple[bytes, str]:
    return mixed(essay(), part(**headers))


OTHER = hashlib.sha256(b"other").hexdigest()
REFUSED: dict[str, tuple[tuple[bytes, str], str]] = {
    "a part too many": (mixed(essay(), part(), part(b"more")), "part 3"),
    "a part too few": (mixed(essay()), "$.attachments[0]"),
    "the first part is text": (mixed(essay(), part(), first="text/plain"), "part 1"),
    "statements in two parts": (
        mixed(essay(), b"Content-Type: application/json\r\n\r\n" + json.dumps(essay()).encode(), part()), "part 2",
    ),
    "no hash": (bad(X_Experience_API_Hash=None), "part 2"),
    "a hash of something else": (bad(X_Experience_API_Hash=OTHER), "part 2"),
    "a hash that is none": (bad(X_Experience_API_Hash="x"), "part 2"),
    "no transfer encoding": (bad(Content_Transfer_Encoding=None), "part 2"),
    "base64": (bad(Content_Transfer_Encoding="base64"), "part 2"),
    "no type": (bad(Content_Type=None), "part 2"),
    "another type": (bad(Content_Type="image/jpeg"), "$.attachments[0].contentType"),
    "a sha2 of something else": (mixed(essay(sha2=OTHER), part()), "$.attachments[0]"),
    "no boundary named": ((mixed(essay(), part())[0], "multipart/mixed;"), "Content-Type"),
    "another boundary named": ((mixed(essay(), part())[0], "multipart/mixed; boundary=x"), "body"),
    "no boundary at the end": ((mixed(essay(), part())[0][:-4], f"multipart/mixed; boundary={BOUNDARY}"), "body"),
    "nothing": ((b"", f"multipart/mixed; boundary={BOUNDARY}"), "body"),
    "JSON as it is": ((json.dumps(essay()).encode(), f"multipart/mixed; boundary={BOUNDARY}"), "body"),
    "no blank line": (
        (f"--{BOUNDARY}\r\n{{}}\r\n--{BOUNDARY}--".encode(), f"multipart/mixed; boundary={BOUNDARY}"), "body",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("request_", "where"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_well_packed_is_refused(at: At, request_: tuple[bytes, str], where: str) -> None:
    refused(at.raw(*request_), where=where)


def test_an_attachment_that_is_neither_here_nor_there_is_refused(at: At) -> None:
    """Communication 1.5.1"""
    refused(at.post(essay()), where="$.attachments[0]")
    batch = [statement(), statement(attachments=[attached(fileUrl="https://a.b"), attached(b"x")])]
    refused(at.post(batch), where="$[1].attachments[1]")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("chain", [False, True])
def test_a_signed_statement_is_stored_with_its_signature(at: At, algorithm: str, chain: bool) -> None:
    made = statement()
    body, kind = signed_statement(made, algorithm=algorithm, headers=x5c() if chain else None)
    good(at.raw(body, kind))
    answer = good(at.get(statementId=made["id"], attachments=True))
    back, parts = parted(answer.headers["content-type"], answer.content)
    ((media, signature),) = parts.values()
    assert media == "application/octet-stream"
    assert signature in body
    assert back["attachments"][0]["sha2"] == hashlib.sha256(signature).hexdigest()


def test_a_duration_is_compared_with_the_signed_one_to_the_hundredth_of_a_second(at: At) -> None:
    """Data 4.6; IEEE 9274.1.1, 4.2.7"""
    made = statement(result={"duration": "P1DT12H36M0.1237S"})
    signed = made | {"result": {"duration": "P1DT12H36M0.12S"}}
    good(at.raw(*signed_statement(made, payload=signed)))


def unsigned(made: dict[str, Any], content: bytes) -> tuple[bytes, str]:
    kind = "application/octet-stream"
    about = attached(content, usageType="http://adlnet.gov/expapi/attachments/signature", contentType=kind)
    return mixed(made | {"attachments": [about]}, part(content, Content_Type=kind))


MADE = statement()
UNSIGNED: dict[str, tuple[bytes, str]] = {
    "of another statement": signed_statement(MADE, payload=statement()),
    "of no statement": signed_statement(MADE, payload={"a": 1}),
    "of no JSON": signed_statement(MADE, payload=b'{"a"'),
    "as text": signed_statement(MADE, kind="text/plain; charset=ascii"),
    "with a shared secret": signed_statement(MADE, algorithm="HS256", secret="s" * 64),
    "with another key than its certificate's": signed_statement(MADE, headers=x5c(), secret=other_key()),
    "with a certificate that is none": signed_statement(MADE, headers={"x5c": ["AAAA"]}),
    "that is none": unsigned(MADE, b"abc"),
    "that is empty": unsigned(MADE, b""),
    "without an algorithm": unsigned(MADE, b"eyJhbGciOiJub25lIn0.e30."),
}


@pytest.mark.parametrize("request_", UNSIGNED.values(), ids=UNSIGNED)
def test_a_bad_signature_is_refused(at: At, request_: tuple[bytes, str]) -> None:
    problem = refused(at.raw(*request_))
    assert problem["where"].startswith("$.attachments[0]")
    assert problem["section"] == "Data 2.6"
    assert at.get(statementId=MADE["id"]).status_code == 404


def test_a_media_type_that_would_end_its_line_is_refused(at: At) -> None:
    made = essay(contentType="text/plain\r\nX-Bad: 1")
    refused(at.raw(*mixed(made, part())), where="$.attachments[0].contentType")


def test_head_of_attachments_has_the_headers_and_no_body(at: At) -> None:
    """Communication 1.1"""
    made = essay()
    good(at.raw(*mixed(made, part())))
    params = {"statementId": made["id"], "attachments": True}
    headers = at.head(STATEMENTS, **params).headers
    for name in ("content-type", "content-length", "last-modified"):
        assert headers[name] == at.get(**params).headers[name]
