"""Single values of xAPI: identifiers, times, languages. Each check raises RecordError."""

import re
from datetime import date
from typing import Any, Literal

from midflow.core.record.problem import RecordError

Version = Literal["1.0.3", "2.0.0"]
"""The versions a request may follow: any 1.0.x request is "1.0.3", any 2.0.x request "2.0.0"."""

IRI = re.compile(
    r"[A-Za-z][A-Za-z0-9+.\-]*:(?=.)"
    r"[^\x00-\x20\x7f-\x9f<>\"{}|\\^`%]*+(?:%[0-9A-Fa-f]{2}[^\x00-\x20\x7f-\x9f<>\"{}|\\^`%]*+)*+\Z"
)
"""Best effort, as Data 2.2 allows: a scheme, no character that RFC 3987 forbids, percent signs well used."""

MAILTO = re.compile(r"mailto:[^\x00-\x20\x7f-\x9f<>\"@]+@[^\x00-\x20\x7f-\x9f<>\"@]+\Z")
SHA1 = re.compile(r"[0-9A-Fa-f]{40}\Z")
SHA2 = re.compile(r"(?:[0-9A-Fa-f]{56}|[0-9A-Fa-f]{64}|[0-9A-Fa-f]{96}|[0-9A-Fa-f]{128})\Z")
UUID = re.compile(r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}\Z")
"""Standard form only. The variant is free: the specification's own examples use others than RFC 4122's."""

MEDIA_TYPE = re.compile(
    r"[!#$&^_.+\-A-Za-z0-9]+/[!#$&^_.+\-A-Za-z0-9]+[ \t]*(?:;[^\x00-\x08\x0a-\x1f\x7f]*)?\Z"
)

NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
DURATION = re.compile(
    r"P(?![^.,]*[.,][0-9]+[A-Z]T?[0-9])"  # only the last part may have a fraction
    rf"(?:{NUMBER}W|(?=[0-9]|T[0-9])(?:{NUMBER}Y)?(?:{NUMBER}M)?(?:{NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{NUMBER}H)?(?:{NUMBER}M)?(?:{NUMBER}S)?)?)\Z"
)

TIMESTAMP = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|([0-9]{2})([0-9]{2}))[Tt ]"
    r"([0-9]{2})(?::?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]+))?)?)?"
    r"([Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)?\Z"
)
"""ISO 8601 calendar date and time, extended or basic; the blank between them is RFC 3339's."""

UTC = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z\Z")

PLAIN_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2})?\Z")
LANGUAGE = re.compile(
    r"(?:(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4}|[a-z]{5,8})"
    r"(?:-[a-z]{4})?(?:-(?:[a-z]{2}|[0-9]{3}))?"
    r"((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"((?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*)(?:-x(?:-[a-z0-9]{1,8})+)?"
    r"|x(?:-[a-z0-9]{1,8})+)\Z"
)
GRANDFATHERED = frozenset({
    "en-gb-oed", "i-ami", "i-bnn", "i-default", "i-enochian", "i-hak", "i-klingon", "i-lux", "i-mingo",
    "i-navajo", "i-pwn", "i-tao", "i-tay", "i-tsu", "sgn-be-fr", "sgn-be-nl", "sgn-ch-de", "art-lojban",
    "cel-gaulish", "no-bok", "no-nyn", "zh-guoyu", "zh-hakka", "zh-min", "zh-min-nan", "zh-xiang",
})  # fmt: skip
"""Tags that RFC 5646 keeps though they do not follow its grammar."""

STATEMENT_VERSION: dict[Version, re.Pattern[str]] = {
    "1.0.3": re.compile(r"1\.0(?:\.[0-9][0-9A-Za-z.+\-]*)?\Z"),
    "2.0.0": re.compile(r"[12]\.0(?:\.[0-9][0-9A-Za-z.+\-]*)?\Z"),
}

EPOCH = date(1970, 1, 1).toordinal()


def wrong(value: Any, remedy: str, section: str) -> RecordError:
    """Return the error that shows the value, cut to what fits a line, and says what it must be."""
    return RecordError(f"must be {remedy}, not {shown(value)}", section=section)


def shown(value: Any) -> str:
    """Return a JSON value as an error shows it: short texts and numbers themselves, of others what they are."""
    if isinstance(value, str):
        return repr(value[:60])
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "an array"
    return str(value) if -1e15 < value < 1e15 else "a number with more digits than fit here"


def string(value: Any) -> None:
    """Refuse what is not a string; the empty one is one."""
    if type(value) is not str:
        raise wrong(value, "a string", "Data 2.2")


def boolean(value: Any) -> None:
    """Refuse what is not true or false; the strings "true" and "false" are not."""
    if type(value) is not bool:
        raise wrong(value, "true or false, without quotation marks", "Data 2.2")


def iri(value: Any) -> None:
    """Refuse what is not an IRI with a scheme."""
    if type(value) is not str or IRI.match(value) is None:
        raise wrong(value, "an IRI with a scheme, such as https://example.org/courses/1", "Data 4.3")


def uuid(value: Any) -> None:
    """Refuse what is not a UUID in its standard form of 36 characters."""
    if type(value) is not str or UUID.match(value) is None:
        raise wrong(value, "a UUID, such as f47ac10b-58cc-4372-a567-0e02b2c3d479", "Data 4.4")


def mailto(value: Any) -> None:
    """Refuse what is not mailto: and one e-mail address."""
    if type(value) is not str or MAILTO.match(value) is None:
        raise wrong(value, "mailto: and an e-mail address, such as mailto:ana@example.org", "Data 2.4.2.3")


def sha1(value: Any) -> None:
    """Refuse what is not the SHA-1 of a mailto IRI in 40 hexadecimal digits."""
    if type(value) is not str or SHA1.match(value) is None:
        raise wrong(value, "the SHA-1 of a mailto IRI in 40 hexadecimal digits", "Data 2.4.2.3")


def sha2(value: Any) -> None:
    """Refuse what is not a SHA-2 digest in 56, 64, 96 or 128 hexadecimal digits."""
    if type(value) is not str or SHA2.match(value) is None:
        raise wrong(value, "a SHA-2 digest in hexadecimal digits, 64 of them for SHA-256", "Data 2.4.11")


def media_type(value: Any) -> None:
    """Refuse what is not an Internet media type."""
    if type(value) is not str or MEDIA_TYPE.match(value) is None:
        raise wrong(value, "an Internet media type, such as text/plain", "Data 2.4.11")


def size(value: Any) -> None:
    """Refuse what is not a number of octets."""
    if type(value) is not int or value < 0:
        raise wrong(value, "a number of octets, whole and not negative", "Data 2.4.11")


def duration(value: Any) -> None:
    """Refuse what is not a duration of ISO 8601:2004 section 4.4.3.2; weeks stand alone."""
    if type(value) is not str or DURATION.match(value) is None:
        raise wrong(value, "an ISO 8601 duration, such as PT4H35M59.14S, P3Y or P4W", "Data 4.6")


def language(value: Any) -> None:
    """Refuse what is not a language tag of RFC 5646."""
    if type(value) is str and (PLAIN_LANGUAGE.match(value) or _is_language(value.lower())):
        return
    raise wrong(value, "a language tag of RFC 5646, such as en or en-US", "Data 4.2")


def _is_language(tag: str) -> bool:
    found = LANGUAGE.match(tag)
    if found is None:
        return tag in GRANDFATHERED
    variants = (found[1] or "").split("-")[1:]
    singletons = re.findall(r"-([0-9a-z])(?=-)", found[2] or "")
    return len(set(variants)) == len(variants) and len(set(singletons)) == len(singletons)


def timestamp(value: Any) -> None:
    """Refuse what is not a date and time of ISO 8601, or has an offset of minus zero."""
    if type(value) is not str or _days_and_rest(value) is None:
        raise wrong(
            value, "a date and time, such as 2026-05-18T05:32:34.804Z; no offset is -00:00", "Data 4.5"
        )


def milliseconds(value: str) -> int:
    """Return the milliseconds since 1970 of a timestamp that was checked, parts of one dropped; no zone is UTC."""
    parts = _days_and_rest(value)
    if parts is None:
        raise wrong(value, "a date and time, such as 2026-05-18T05:32:34.804Z", "Data 4.5")
    days, seconds, fraction, offset = parts
    return ((days - EPOCH) * 86400 + seconds - offset) * 1000 + int(f"{fraction:0<3}"[:3])


def in_utc(value: str) -> str:
    """Return the same point in time written as RFC 3339 in UTC, every digit of its fraction kept.

    `value` is a timestamp that was checked; one without a zone is read as UTC.
    """
    if UTC.match(value):
        return value
    parts = _days_and_rest(value)
    if parts is None:
        raise wrong(value, "a date and time, such as 2026-05-18T05:32:34.804Z", "Data 4.5")
    days, seconds, fraction, offset = parts
    turned, seconds = divmod(seconds - offset, 86400)
    try:
        day = date.fromordinal(days + turned)
    except (ValueError, OverflowError):
        return value  # beyond the years 1 to 9999 there is no other way to write it
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{day.isoformat()}T{clock}{'.' if fraction else ''}{fraction}Z"


def _days_and_rest(value: str) -> tuple[int, int, str, int] | None:
    """Return the proleptic day, seconds of that day, digits of the fraction, and the offset in seconds."""
    found = TIMESTAMP.match(value)
    if found is None:
        return None
    year, month, day, month2, day2, hour, minute, second, fraction, _, sign, zone_h, zone_m = found.groups()
    hours, minutes, seconds = int(hour), int(minute or 0), int(second or 0)
    midnight = hours == 24 and minutes == seconds == 0 and not (fraction or "").strip("0")
    if (hours > 23 and not midnight) or minutes > 59 or seconds > 60:
        return None
    offset = 0
    if sign is not None:
        offset = int(zone_h) * 3600 + int(zone_m or 0) * 60
        if int(zone_h) > 23 or int(zone_m or 0) > 59 or (sign == "-" and offset == 0):
            return None
        offset = -offset if sign == "-" else offset
    try:
        days = date(int(year), int(month or month2), int(day or day2)).toordinal()
    except ValueError:
        return None
    return days, hours * 3600 + minutes * 60 + seconds, fraction or "", offset


def _version_1(value: Any) -> None:
    if type(value) is not str or STATEMENT_VERSION["1.0.3"].match(value) is None:
        raise wrong(value, "1.0.0, or be left out", "Data 2.4.10")


def _version_2(value: Any) -> None:
    if type(value) is not str or STATEMENT_VERSION["2.0.0"].match(value) is None:
        raise wrong(value, "2.0.0 or 1.0.0, or be left out", "Data 2.4.10")


VERSIONS = {"1.0.3": _version_1, "2.0.0": _version_2}
"""The check of a statement's own version: a request of 2.0 may carry statements of 1.0 as well."""


def has_zone(value: str) -> bool:
    """Return whether a timestamp that was checked says its offset."""
    found = TIMESTAMP.match(value)
    return found is not None and found[10] is not None


def version_of(header: str | None) -> Version:
    """Return the version that a request's X-Experience-API-Version header asks for.

    "1.0" and "1.0.x" are 1.0.3, "2.0" and "2.0.x" are 2.0.0; anything else is refused (Communication 3.3).
    """
    if header is not None:
        if STATEMENT_VERSION["1.0.3"].match(header):
            return "1.0.3"
        if STATEMENT_VERSION["2.0.0"].match(header):
            return "2.0.0"
    message = "must be 1.0.3 or 2.0.0 (any 1.0.x or 2.0.x)" + (
        f", not {header[:20]!r}" if header else ", and is missing"
    )
    raise RecordError(message, section="Communication 3.3", where="X-Experience-API-Version")
