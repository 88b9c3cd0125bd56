"""History goes the very same way as live events."""

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from midflow import plugs
from midflow.core.content.release import Policy, compile_release
from midflow.core.events import WorkEvent
from midflow.core.match import gate
from midflow.flow.replay import Summary, replay
from midflow.flow.rulebook import prepare
from midflow.flow.worklog import BadRow, LogError, built_in, read_log
from midflow.store import log
from midflow.store.sqlite import Store
from tests.flow.conftest import DRAFT, NOW, book_of, hold_unit

DATA = Path(os.environ.get("MIDFLOW_TEST_DATA", "../shared/data"))
HEADER = "time,person,activity,case\n"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "midflow", "replay", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def feed(tmp_path: Path, events: list[WorkEvent], seed: int = 0) -> tuple[Summary, Store]:
    kinds = plugs.block_kinds()
    made = compile_release(
        built_in(events), Policy(), number=0, created=0.0, kinds=kinds, valid_condition=gate
    )
    store = Store.open(tmp_path / f"{seed}.db")
    return replay(store, events, book=prepare(made, kinds), seed=seed), store


def rows(text: str, tmp_path: Path, columns: dict[str, str] | None = None) -> list[WorkEvent | BadRow]:
    path = tmp_path / "desk.csv"
    path.write_text(text, encoding="utf-8")
    return list(read_log(path, columns or {}))


def test_a_row_becomes_an_event_named_by_file_and_line(tmp_path: Path) -> None:
    (event,) = rows(HEADER + "2026-03-02T09:00:00Z,Ana,Wait for it,T-1\n", tmp_path)
    assert isinstance(event, WorkEvent)
    assert (event.source, event.id, event.type) == ("desk", "desk.csv:2", "desk.wait-for-it")
    assert (event.person, event.case, event.data) == ("Ana", "T-1", {"activity": "Wait for it"})


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    text = "when,who,what,ticket\n2026-03-02T09:00:00Z,Ana,Wait,T-1\n"
    mapped = {"time": "when", "person": "who", "activity": "what", "case": "ticket"}
    assert isinstance(rows(text, tmp_path, mapped)[0], WorkEvent)
    with pytest.raises(LogError, match="no column for time, person, activity, case"):
        rows(text, tmp_path)


def test_bad_rows_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    found = rows(
        HEADER
        + "yesterday,Ana,Wait,T-1\n2026-03-02T09:00:00Z,,Wait,T-1\nshort\n2026-03-02T09:00:00Z,Ana,Wait,T-1\n",
        tmp_path,
    )
    assert [row.line for row in found if isinstance(row, BadRow)] == [2, 3, 4]
    assert sum(isinstance(row, WorkEvent) for row in found) == 1


def test_a_file_that_is_no_log_is_one_clear_error(tmp_path: Path) -> None:
    for name, content in (("a.csv", b""), ("b.csv.gz", b"not gzip"), ("c.csv", b"\xff\xfe\x00")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LogError):
            list(read_log(tmp_path / name, {}))
    with pytest.raises(LogError, match="cannot be read"):
        list(read_log(tmp_path / "none.csv", {}))


def test_a_replay_with_the_same_seed_decides_the_same(tmp_path: Path) -> None:
    text = HEADER + "".join(
        f"2026-03-{1 + n // 12:02}T{8 + n % 12:02}:00:00Z,P{n % 3},Task {n % 5},C-{n % 7}\n"
        for n in range(240)
    )
    events = [row for row in rows(text, tmp_path) if isinstance(row, WorkEvent)]
    one, first = feed(tmp_path, events, seed=1)
    (tmp_path / "1.db").rename(tmp_path / "kept.db")
    two, second = feed(tmp_path, events, seed=1)
    assert one.prompts == two.prompts > 0
    assert one.silences == two.silences
    assert one.budget_violations == 0
    assert len(second.read(lambda tx: log.all_decisions(tx, limit=1000))) == 240
    first.close()
    second.close()


def test_safety_critical_prompts_are_counted_apart_and_break_no_budget(tmp_path: Path) -> None:
    events = [
        WorkEvent(
            source="desk", id=f"e{n}", type="desk.wait", time=NOW + 7200 * n, person="ana", case=f"T-{n}"
        )
        for n in range(6)
    ]
    book = book_of(msgspec.structs.replace(DRAFT, units=(hold_unit(risk="safety_critical"),)))
    for of, prompts in ((book_of(), 1), (book, 6)):
        store = Store.open(tmp_path / f"{prompts}.db")
        found = replay(store, events, book=of, seed=1)
        store.close()
        assert (found.prompts, found.safety_critical) == (prompts, 6 if of is book else 0)
        assert found.budget_violations == 0


def test_the_order_of_rows_in_the_file_does_not_matter(tmp_path: Path) -> None:
    lines = [f"2026-03-{1 + n:02}T09:00:00Z,Ana,Wait,C-{n % 4}\n" for n in range(20)]
    forward = [row for row in rows(HEADER + "".join(lines), tmp_path) if isinstance(row, WorkEvent)]
    backward = [
        row for row in rows(HEADER + "".join(reversed(lines)), tmp_path) if isinstance(row, WorkEvent)
    ]
    one, a = feed(tmp_path, forward, seed=1)
    two, b = feed(tmp_path, backward, seed=2)
    assert (one.moments, one.people) == (two.moments, two.people) == (20, 1)
    a.close()
    b.close()


def test_with_a_status_a_task_went_wrong_when_it_was_reopened(tmp_path: Path) -> None:
    text = "time,person,activity,case,status\n" + "".join(
        f"2026-03-02T{hour:02}:00:00Z,{who},Mend,C-1,{status}\n"
        for hour, who, status in (
            (8, "Ana", "Accepted/In Progress"),
            (9, "Ana", "Completed/Resolved"),
            (10, "Ben", "Accepted/In Progress"),
        )
    )
    events = [row for row in rows(text, tmp_path) if isinstance(row, WorkEvent)]
    _, store = feed(tmp_path, events)
    wrong = [row for row in store.read(log.all_decisions) if row.situation.phase == "erred"]
    assert [row.situation.person for row in wrong] == ["desk/Ana"]
    store.close()


def test_json_is_one_object_on_standard_output_with_the_promised_keys(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv.gz"
    with gzip.open(path, "wt") as file:
        file.write(HEADER + "2026-03-02T09:00:00Z,Ana,Wait,T-1\nbroken\n")
    done = run(str(path), "--json")
    found = json.loads(done.stdout)
    assert set(found) >= {
        "events",
        "moments",
        "prompts",
        "safety_critical",
        "silences",
        "prompts_per_person_day",
        "budget_violations",
    }
    assert set(found["prompts_per_person_day"]) == {"mean", "p95", "max"}
    assert found["events"] == 1
    assert "desk.csv.gz:3: left out" in done.stderr


def test_a_replay_into_a_folder_is_kept_and_taken_once(tmp_path: Path) -> None:
    path = tmp_path / "desk.csv"
    path.write_text(HEADER + "2026-03-02T09:00:00Z,Ana,Wait,T-1\n")
    first = json.loads(run(str(path), "--json", "--data", str(tmp_path / "data")).stdout)
    again = json.loads(run(str(path), "--json", "--data", str(tmp_path / "data")).stdout)
    assert (first["events"], first["duplicates"]) == (1, 0)
    assert (again["events"], again["duplicates"]) == (0, 1)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["none.csv"], "cannot be read"),
        (["{log}", "--map", "none.yaml"], "cannot be read"),
        (["{log}", "--speed", "0"], "must be more than 0"),
        (["{log}", "--pack", "nowhere"], "no pack.yaml"),
        (["{empty}"], "not one usable row"),
    ],
)
def test_what_cannot_be_replayed_is_one_clear_line(tmp_path: Path, options: list[str], said: str) -> None:
    (tmp_path / "log.csv").write_text(HEADER + "2026-03-02T09:00:00Z,Ana,Wait,T-1\n")
    (tmp_path / "empty.csv").write_text(HEADER)
    done = run(*(o.format(log=tmp_path / "log.csv", empty=tmp_path / "empty.csv") for o in options))
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["helpdesk", "receipt", "it-incidents"])
def test_real_work_logs_give_prompts_and_no_budget_violation(name: str, tmp_path: Path) -> None:
    path = DATA / "worklogs" / f"{name}.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    events = [row for row in read_log(path, {}) if isinstance(row, WorkEvent)]
    summary, store = feed(tmp_path, events)
    store.close()
    assert summary.events == len(events)
    assert summary.prompts > 0
    assert summary.budget_violations == 0
    assert summary.prompts_per_person_day.max <= 2


def test_the_helpdesk_pack_fits_the_real_helpdesk_log() -> None:
    path = DATA / "worklogs" / "helpdesk.csv.gz"
    if not path.is_file():
        pytest.skip(f"{path} is not there; name the folder with MIDFLOW_TEST_DATA")
    done = run(str(path), "--pack", "midflow/packs/customer-service-desk", "--json")
    found = json.loads(done.stdout)
    assert found["prompts"] > 0
    assert found["moments"] >= found["events"] - found["silences"].get("no_rule", 0)
    assert found["silences"].get("no_rule", 0) < 20
