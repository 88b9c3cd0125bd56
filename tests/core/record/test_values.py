"""Single values: what each format takes, and what it refuses."""

from typing import Any

import pytest

from midflow.core.record import values
from midflow.core.record.problem import RecordError

LONGEST = "https://example.org/" + "a" * 100_000

FORMATS: list[tuple[Any, list[Any], list[Any]]] = [
    (
        values.iri,
        ["https://example.org", "urn:x:y", "tag:ana@example.org,2026:x", "http://example.com/فعل", "a:b",
         "https://example.org/?q=%20&r=[1]#top", LONGEST],
        ["", "example", "//example.org/x", "/x", ":x", "1a:x", "a:", "ab=c://x", "https://exa mple.org", "http://x/<y>",
         'http://x/"', "http://x/{id}", "http://x/a|b", "http://x/\\", "http://x/^", "http://x/`", "http://x/%", "http://x/%2",
         "http://x/%zz", "http://x/\n", "http://x/\x00", LONGEST + " ", None, 1, True, [], {}],
    ),
    (
        values.mailto,
        ["mailto:ana@example.org", "mailto:a+b@localhost", "mailto:ana@EXAMPLE.org", "mailto:ä@example.org"],
        ["mailto:@example.org", "mailto:ana@", "MAILTO:ana@example.org", "ana@example.org", "mailto:a b@example.org", 1],
    ),
    (
        values.duration,
        ["PT1H0M0.1S", "PT4H35M59.14S", "PT16559.14S", "P3Y1M29DT4H35M59.14S", "P3Y", "P4W", "PT0S", "P1.5D", "P0,5Y",
         "PT1.5H", "P1DT1H", "PT1.123456789S"],
        ["", "P", "PT", "P1", "1H", "PT1", "P4W1D", "P1W2D", "PA1H0M0S", "P1.5DT1H", "PT1.5H2M", "P1H", "PT1D", "-PT1S",
         "PT-1S", "P1Y ", "p1y", "PT1S\n", "P2026-05-18T05:32:34", "P1YT", 1],
    ),
    (
        values.language,
        ["en", "en-US", "cmn", "tlh", "zh-Hant", "zh-Hans-CN", "zh-cmn-Hans-CN", "sr-Latn-RS", "sl-rozaj-biske", "de-CH-1901",
         "hy-Latn-IT-arevela", "es-419", "az-Arab-x-AZE-derbend", "x-whatever", "i-enochian", "en-GB-oed", "en-a-bbb-x-a",
         "en-u-co-phonebk-t-de", "EN-us", "zh-min-nan", "art-lojban", "und"],
        ["", "a", "something", "a12345", "de-419-DE", "a-DE", "ar-a-aaa-b-bbb-a-ccc", "zh-z-aaa-z-bbb-c-ccc", "en_US", "en-",
         "-en", "en--US", "x", "en-x", "de-1901-1901", "en US", "en\n", "i-unknown", 1, None],
    ),
    (
        values.timestamp,
        ["2026-05-18T05:32:34.804Z", "2026-05-18T05:32:34Z", "2026-05-18T05:32Z", "2026-05-18T05:32:34.123456789+02:00",
         "2026-05-18T05:32:34-0530", "2026-05-18T05:32:34+05", "2026-05-18T05:32:34", "20260518T053234Z", "2026-05-18T24:00:00Z",
         "2016-12-31T23:59:60Z", "2008-09-15 15:53:00.601+00:00", "2024-02-29T00:00:00Z", "2026-05-18t05:32:34z",
         "2026-05-18T05:32:34,5Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
        ["", "2026-05-18", "05:32:34", "2026-05-18T", "01/011/2015", "should fail", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
         "2026-02-29T00:00:00Z", "2026-05-18T25:00:00Z", "2026-05-18T24:00:01Z", "2026-05-18T05:60:00Z", "2026-05-18T05:32:61Z",
         "2008-09-15T15:53:00.601-00", "2008-09-15T15:53:00.601-0000", "2008-09-15T15:53:00.601-00:00", "2026-05-18T05:32:34+24:00",
         "2026-05-18T05:32:34+05:60", "2026-05-18T05:32:34.Z", "2026-5-18T05:32:34Z", "0000-01-01T00:00:00Z",
         "2026-05-18T05:32:34Z\n", "٢٠٢٦-05-18T05:32:34Z", 1779082354, None],
    ),
    (
        values.media_type,
        ["text/plain", "text/plain; charset=ascii", "application/vnd.example+json", 'text/plain;a="b c"'],
        ["", "text", "text/", "/plain", "should fail", "text/plain/x", "text/plain\r\nX: y", "text/plain;\x00", 999],
    ),
    (values.sha2, ["a" * 56, "A" * 64, "0" * 96, "f" * 128], ["a" * 63, "g" * 64, "", "a" * 40, "a" * 64 + "\n", 1]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "value"), [(check, value) for check, good, _ in FORMATS for value in good])
def test_a_value_in_the_right_format_is_taken(check: Any, value: Any) -> None:
    check(value)


@pytest.mark.parametrize(("check", "value"), [(check, value) for check, _, bad in FORMATS for value in bad])
def test_a_value_in_another_format_is_refused_with_the_format_in_the_message(check: Any, value: Any) -> None:
    with pytest.raises(RecordError) as caught:
        check(value)
    assert caught.value.message.startswith("must be ")
    assert len(caught.value.message) < 250


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:00.0019Z", 1),
        ("2026-05-18T05:32:34.804Z", 1779082354804),
        ("2026-05-18T05:32:34.804", 1779082354804),
        ("2026-05-18T07:32:34.804+02:00", 1779082354804),
        ("20260518T0332-0200", 1779082320000),
        ("1969-12-31T23:59:59.9Z", -100),
    ],
)
def test_a_time_is_a_number_of_milliseconds(text: str, expected: int) -> None:
    assert values.milliseconds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-18T05:32:34.804Z", "2026-05-18T05:32:34.804Z"),
        ("2026-05-18T07:32:34.8041234+02:00", "2026-05-18T05:32:34.8041234Z"),
        ("2026-05-18T00:30:00+01", "2026-05-17T23:30:00Z"),
        ("2026-12-31T23:30:00-0100", "2027-01-01T00:30:00Z"),
        ("2008-09-15 15:53:00.601+00:00", "2008-09-15T15:53:00.601Z"),
        ("20260518T0532", "2026-05-18T05:32:00Z"),
        ("2026-05-18T24:00:00+00:00", "2026-05-19T00:00:00Z"),
        ("0001-01-01T00:00:00+01:00", "0001-01-01T00:00:00+01:00"),
    ],
)
def test_a_time_is_told_in_utc_without_losing_a_digit(text: str, expected: str) -> None:
    assert values.in_utc(text) == expected


def test_a_time_that_is_none_is_refused_wherever_it_is_read() -> None:
    for read in (values.milliseconds, values.in_utc):
        with pytest.raises(RecordError):
            read("yesterday")


@pytest.mark.parametrize(
    ("header", "version"),
    [("1.0", "1.0.3"), ("1.0.0", "1.0.3"), ("1.0.3", "1.0.3"), ("1.0.9", "1.0.3"), ("2.0", "2.0.0"), ("2.0.0", "2.0.0"), ("2.0.1", "2.0.0")],
)  # fmt: skip
def test_a_request_follows_the_version_of_its_header(header: str, version: str) -> None:
    assert values.version_of(header) == version


@pytest.mark.parametrize(
    "header", [None, "", "0.95", "0.9", "1.1.0", "1", "2", "2.1.0", "3.0.0", "10.0.0", "1.0.x", "BAD"]
)
def test_a_request_of_another_version_is_refused(header: str | None) -> None:
    with pytest.raises(RecordError) as caught:
        values.version_of(header)
    assert (caught.value.where, caught.value.status) == ("X-Experience-API-Version", 400)
