"""How documents are merged, and who may change them (Communication 2.2, 3.1)."""

import json

import pytest

from midflow.core.record.documents import Document, check_precondition, etag, is_json, merge, posted
from midflow.core.record.problem import RecordError
from midflow.core.record.query import Kind, Method
from midflow.core.record.values import Version

JSON = "application/json"
KINDS: tuple[Kind, ...] = ("state", "agent_profile", "activity_profile")
VERSIONS: tuple[Version, ...] = ("1.0.3", "2.0.0")
NOW = etag(b"now")


def test_the_members_of_the_new_document_replace_those_of_the_old() -> None:
    old = b'{"x":"foo","car":{"make":"Ford","model":"Escape"},"n":1.10}'
    new = b'{"x" : "bash", "car":{"make":"Dodge"}, "z":"faz"}'
    merged = merge(old, new)
    assert json.loads(merged) == {"x": "bash", "car": {"make": "Dodge"}, "n": 1.1, "z": "faz"}
    assert b"1.10" in merged


def test_a_name_is_escaped_as_it_must_be() -> None:
    assert json.loads(merge(b'{"a\\"b":1}', b'{"\\u00e9\\n":2}')) == {'a"b': 1, "é\n": 2}


@pytest.mark.parametrize("other", [b"[]", b"1", b'"x"', b"nonsense", b"", b'{"a":1,"a":2}'])
def test_only_objects_are_merged(other: bytes) -> None:
    for old, new in ((b"{}", other), (other, b"{}")):
        with pytest.raises(RecordError) as caught:
            merge(old, new)
        assert caught.value.status == 400


def test_what_is_posted_where_nothing_was_is_the_document() -> None:
    for new in (Document("text/plain", b"hello"), Document(JSON, b"[1]"), Document(JSON, b'{"a":1}')):
        assert posted(None, new) == new
    with pytest.raises(RecordError):
        posted(None, Document(JSON, b"{nonsense"))


def test_json_is_posted_onto_json() -> None:
    old = Document("application/json; charset=utf-8", b'{"car":"Honda"}')
    assert posted(old, Document(JSON, b'{"type":"Civic"}')) == Document(
        JSON, b'{"car":"Honda","type":"Civic"}'
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (Document(JSON, b"{}"), Document("not/json", b"{}")),
        (Document("application/octet-stream", b"{}"), Document(JSON, b"{}")),
        (Document("text/plain", b"a"), Document("text/plain", b"b")),
        (Document(JSON, b"{}"), Document(JSON, b"{}{")),
        (Document(JSON, b"{}"), Document(JSON, b"[]")),
        (Document(JSON, b"[]"), Document(JSON, b"{}")),
    ],
)
def test_nothing_else_is_posted_onto_anything_else(old: Document, new: Document) -> None:
    with pytest.raises(RecordError) as caught:
        posted(old, new)
    assert caught.value.section in ("Communication 2.2", "Communication 1.4")


def test_json_is_known_by_its_media_type() -> None:
    assert is_json("Application/JSON ; charset=utf-8")
    assert not is_json("application/jsonp")


def test_an_entity_tag_is_the_sha_1_in_quotation_marks() -> None:
    assert etag(b"") == '"da39a3ee5e6b4b0d3255bfef95601890afd80709"'


def outcome(
    kind: Kind, method: Method, version: Version, current: str | None, match: str | None, none: str | None
) -> int:
    """Return the status a change ends with; 204 where it is made."""
    try:
        check_precondition(
            kind=kind, method=method, version=version, current=current, if_match=match, if_none_match=none
        )
    except RecordError as error:
        assert error.message
        return error.status
    return 204


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    ("current", "match", "none", "status"),
    [
        (NOW, NOW, None, 204),
        (NOW, NOW.strip('"'), None, 204),
        (NOW, f"W/{NOW}", None, 204),
        (NOW, f'"1234", {NOW}', None, 204),
        (NOW, "*", None, 204),
        (NOW, '"1234"', None, 412),
        (NOW, "1234", None, 412),
        (None, NOW, None, 412),
        (None, "*", None, 412),
        (NOW, None, "*", 412),
        (NOW, None, NOW, 412),
        (NOW, None, '"1234"', 204),
        (None, None, "*", 204),
    ],
)
def test_a_change_is_made_only_by_who_knows_what_is_there(
    kind: Kind,
    method: Method,
    version: Version,
    current: str | None,
    match: str | None,
    none: str | None,
    status: int,
) -> None:
    assert outcome(kind, method, version, current, match, none) == status


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_new_needs_no_header_but_a_profile_put_in_1_0_3(kind: Kind) -> None:
    for method in ("POST", "DELETE"):
        for version in VERSIONS:
            assert outcome(kind, method, version, None, None, None) == 204
    assert outcome(kind, "PUT", "2.0.0", None, None, None) == 204
    assert outcome(kind, "PUT", "1.0.3", None, None, None) == (204 if kind == "state" else 400)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_replaced_without_a_header_but_state_in_1_0_3(kind: Kind) -> None:
    assert outcome(kind, "PUT", "2.0.0", NOW, None, None) == 409
    assert outcome(kind, "PUT", "1.0.3", NOW, None, None) == (204 if kind == "state" else 409)
    for version in VERSIONS:
        assert outcome(kind, "POST", version, NOW, None, None) == 204
        assert outcome(kind, "DELETE", version, NOW, None, None) == 204
