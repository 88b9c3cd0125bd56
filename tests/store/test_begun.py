"""Tasks begun, and what turned out wrong, on both stores."""

from midflow.core.decide.need_model import FEATURES
from midflow.store.begun import BegunRow, WrongRow, add_begun, mark_wrong
from midflow.store.models import model_versions, models, save_model, save_tallies, tallies
from midflow.store.tx import Store
from tests.conftest import Opens


def row(time: float, *, case: str = "t-1", person: str = "ana", decision: int | None = None) -> BegunRow:
    return BegunRow(
        int(time), decision, person, "refund", "desk", case, time, (0.0,) * len(FEATURES), 0.1, None
    )


def wrong(time: float, *, case: str = "t-1", person: str = "ana") -> WrongRow:
    return WrongRow(int(time), person, "refund", "desk", case, time)


def found(store: Store) -> list[tuple[float, float | None]]:
    return store.read(lambda tx: tx.execute("SELECT time, wrong_at FROM begun ORDER BY seq").fetchall())


def test_what_went_wrong_is_the_one_begun_last_before_it_in_the_case(store: Store) -> None:
    store.write(lambda tx: add_begun(tx, [row(10), row(20), row(30), row(15, case="t-2")]))
    store.write(lambda tx: mark_wrong(tx, [wrong(30, person="ben")]))
    assert found(store) == [(10, None), (20, 30), (30, None), (15, None)]


def test_the_first_time_that_it_went_wrong_stays(store: Store) -> None:
    store.write(lambda tx: add_begun(tx, [row(10)]))
    store.write(lambda tx: mark_wrong(tx, [wrong(30), wrong(40)]))
    assert found(store) == [(10, 30)]


def test_without_a_case_it_is_the_persons_own(store: Store) -> None:
    store.write(lambda tx: add_begun(tx, [row(10, case=""), row(20, case="", person="ben")]))
    store.write(lambda tx: mark_wrong(tx, [wrong(30, case="")]))
    assert found(store) == [(10, 30), (20, None)]


def test_a_model_is_replaced_by_the_next_of_its_name(store: Store) -> None:
    store.write(lambda tx: save_model(tx, "need", b"one", fitted=1.0))
    store.write(lambda tx: save_model(tx, "need", b"two", fitted=2.0))
    assert store.read(models)["need"] == ("need", 2, 2.0, b"two")
    assert store.read(model_versions) == {"need": 2}


def test_sums_are_kept_by_kind_and_name(store: Store) -> None:
    store.write(lambda tx: save_tallies(tx, "task", {"a": b"1", "b": b"2"}))
    store.write(lambda tx: save_tallies(tx, "task", {"b": b"3"}))
    assert store.read(lambda tx: tallies(tx, "task", ["a", "b", "c"])) == {"a": b"1", "b": b"3"}
    assert store.read(lambda tx: tallies(tx, "state", ["a"])) == {}


def test_a_store_that_lacks_a_table_of_the_present_schema_gets_it(opens: Opens) -> None:
    first = opens()
    first.write(lambda tx: tx.execute("DROP TABLE begun"))
    _say_it_is_older(first)
    first.close()
    second = opens()
    second.write(lambda tx: add_begun(tx, [row(10)]))
    assert found(second) == [(10, None)]
    second.close()


def _say_it_is_older(store: Store) -> None:
    on_postgres = type(store).__module__.endswith("postgres")
    old = "UPDATE meta SET value='2' WHERE name='schema'" if on_postgres else "PRAGMA user_version=2"
    store.write(lambda tx: tx.execute(old))
