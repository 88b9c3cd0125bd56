"""A statement's text is kept without what many share, and comes back byte for byte."""

import msgspec
import pytest

from midflow.core.record.prepare import finished, prepare
from midflow.store import statements
from midflow.store.tx import Store
from tests.store.statements import AUTHORITY, agent, statement

NOW = 1_790_000_000_123
NASTY = ',"authority":{"mbox":1},"stored":"never"}'


@pytest.mark.parametrize("dated", [True, False])
@pytest.mark.parametrize("authority", [AUTHORITY, agent("x" * 5000, name=NASTY)])
def test_what_comes_back_is_what_the_record_promised(
    store: Store, dated: bool, authority: dict[str, object]
) -> None:
    made = statement(result={"response": NASTY, "extensions": {"https://a.example/x": {"authority": NASTY}}})
    if not dated:
        made.pop("timestamp")
    row = prepare(msgspec.json.encode(made), made, id=made["id"], authority=authority, version="1.0.3")
    store.write(lambda tx: statements.add_statements(tx, [row], now_ms=NOW))
    found = store.read(lambda tx: statements.find(tx, made["id"]))
    assert found is not None
    said, promised = (
        msgspec.json.decode(found.raw),
        msgspec.json.decode(finished(row, "2026-09-21T14:13:20.123Z")),
    )
    assert said == promised
    assert row.body.rpartition(b',"authority":')[0] in found.raw
    assert store.read(lambda tx: tx.execute("SELECT count(*) FROM authority").fetchone()) == (1,)
