"""What is put into a store comes back as it was, whichever store it is."""

import pytest

from midflow.core.decide import TaskRate
from midflow.core.events import WorkEvent
from midflow.core.learner.evidence import Completed, Worked, apply
from midflow.core.learner.state import LearnerState
from midflow.core.match import CaseState
from midflow.store import counts, forwarders, jobs, keys, learners, log, people, privacy, releases
from midflow.store.keys import HostRow
from midflow.store.log import EventRow
from midflow.store.outcomes import OutcomeRow, add_outcomes
from midflow.store.people import Person
from midflow.store.preferences import Preferences
from midflow.store.privacy import AccessRow
from midflow.store.tx import Store, Tx


def test_a_person_comes_back_as_they_were_saved(store: Store) -> None:
    ana = Person(
        id="ana", name="Ana", email="a@x", site="oslo", locale="no", jurisdiction="NO", timezone="Europe/Oslo",
        roles=("agent", "lead"), teams=("desk",), consent=False, opted_out=True, quiet_from=1200, quiet_until=480,
        preferences=Preferences(channels=("app",), work_from=480, work_until=1020, paused_until=7.5, measured=False),
    )  # fmt: skip
    store.write(lambda tx: people.save_person(tx, ana, now=1.0))
    store.write(lambda tx: people.save_person(tx, ana, now=2.0))
    assert store.read(lambda tx: people.person(tx, "ana")) == ana
    assert store.read(people.people) == [ana]
    assert store.read(lambda tx: people.person(tx, "ben")) is None


def test_people_are_listed_by_name_and_every_change_of_them_is_counted(store: Store) -> None:
    seen = [store.read(people.people_version)]
    for name in ("Chloé", "ana", "Ben", "Ana"):
        store.write(lambda tx, name=name: people.save_person(tx, Person(id=name, name=name), now=1.0))
        seen.append(store.read(people.people_version))
    assert len(set(seen)) == 5
    assert [person.name for person in store.read(people.people)] == ["Ana", "Ben", "Chloé", "ana"]


def test_mapping_an_account_takes_it_off_the_list_and_keeps_its_history(store: Store) -> None:
    store.write(lambda tx: people.note_unknown(tx, [("desk", "a7", 5.0, 3), ("desk", "b1", 5.0, 9)]))
    store.write(lambda tx: people.note_unknown(tx, [("desk", "a7", 4.0, 2)]))
    unknown = {account.name: account for account in store.read(people.unknown_accounts)}
    assert list(unknown) == ["b1", "a7"]
    assert (unknown["a7"].first_seen, unknown["a7"].last_seen, unknown["a7"].events) == (5.0, 5.0, 5)
    store.write(lambda tx: people.add_account(tx, "desk", "a7", "ana", now=9.0))
    assert [account.name for account in store.read(people.unknown_accounts)] == ["b1"]
    assert store.read(lambda tx: people.person_of(tx, "desk", "a7")) == "ana"


def test_teams_have_titles(store: Store) -> None:
    for title in ("Desk", "Support desk"):
        store.write(lambda tx, title=title: people.save_team(tx, "desk", title))
    assert store.read(people.teams) == {"desk": "Support desk"}


def test_a_look_at_a_persons_data_is_written_down_with_its_purpose(store: Store) -> None:
    look = {"reader": "chloe", "subject": "ana", "what": "status"}
    for at in (1.0, 2.0):
        store.write(lambda tx, at=at: privacy.log_access(tx, at=at, purpose="support", **look))
    found = store.read(lambda tx: privacy.accesses_of(tx, "ana"))
    assert found == [
        AccessRow(2.0, "chloe", "support", "ana", "status"),
        AccessRow(1.0, "chloe", "support", "ana", "status"),
    ]
    with pytest.raises(Exception, match=r"(?i)check constraint"):
        store.write(lambda tx: privacy.log_access(tx, at=1.0, purpose="curiosity", **look))  # type: ignore[arg-type]


def test_a_key_is_found_by_its_hash_until_it_is_revoked(store: Store) -> None:
    hash = bytes(range(32))
    store.write(lambda tx: keys.add_key(tx, hash=hash, name="crm", scopes=("events:write",), now=1.0))
    found = store.read(lambda tx: keys.key(tx, hash))
    assert found == keys.KeyRow(hash, "crm", ("events:write",), 1.0, None)
    assert store.read(keys.keys) == [found]
    assert store.write(lambda tx: keys.revoke_keys(tx, "crm", 2.0)) == 1
    assert store.write(lambda tx: keys.revoke_keys(tx, "crm", 3.0)) == 0
    assert store.read(lambda tx: keys.key(tx, b"another")) is None


def test_hosts_and_sources_are_declared_changed_and_removed(store: Store) -> None:
    for origin in ("https://a.example", "https://b.example"):
        host = HostRow("crm", b"\x00\xff", (origin, "https://c.example"))
        store.write(lambda tx, host=host: keys.save_host(tx, host, now=1.0))
        store.write(lambda tx, origin=origin: keys.declare_source(tx, "desk", ("hours", origin)))
    assert store.read(lambda tx: keys.host(tx, "crm")) == host
    assert store.read(keys.hosts) == [host]
    assert store.read(keys.origins) == {"https://b.example", "https://c.example"}
    assert store.read(keys.declared_sources) == [("desk", ("hours", "https://b.example"))]
    assert store.write(lambda tx: keys.remove_host(tx, "crm"))
    assert not store.write(lambda tx: keys.remove_host(tx, "crm"))


def test_releases_are_numbered_and_the_latest_is_current(store: Store) -> None:
    assert store.read(releases.current_release) is None
    for number in (1, 2):
        body = b"\x00body" + bytes([number])
        store.write(lambda tx, n=number, b=body: releases.save_release(tx, n, b, hash=f"h{n}", created=1.5))
    current = store.read(releases.current_release)
    assert current == (releases.ReleaseRow(2, 1.5, "h2", ""), b"\x00body\x02")
    assert store.read(lambda tx: releases.release(tx, 1)) == (
        releases.ReleaseRow(1, 1.5, "h1", ""),
        b"\x00body\x01",
    )
    assert [row.number for row in store.read(releases.releases)] == [2, 1]
    with pytest.raises(Exception, match=r"(?i)unique"):
        store.write(lambda tx: releases.save_release(tx, 2, b"", hash="", created=2.0))


def test_what_is_known_of_learners_tasks_and_cases_comes_back(store: Store) -> None:
    state = apply(LearnerState(), Worked(task="hold", wrong=True, time=1.5))
    for more in (state, apply(state, Completed(unit="u", time=2.5))):
        store.write(lambda tx, more=more: learners.save_learners(tx, {"ana": more}))
        assert store.read(lambda tx: learners.learner(tx, "ana")) == more
    assert store.read(lambda tx: tx.execute("SELECT version FROM learner").fetchone()) == (2,)
    store.write(lambda tx: learners.mark_seen(tx, "ana", 1000.0))
    assert store.read(lambda tx: learners.learner(tx, "ana")).seen == 1000.0
    for rate in (TaskRate(begun=1, erred=0), TaskRate(begun=2, erred=1)):
        store.write(lambda tx, rate=rate: learners.save_task_rates(tx, {"hold": rate}))
        assert store.read(lambda tx: learners.task_rate(tx, "hold")) == rate
    store.write(lambda tx: learners.save_cases(tx, {("desk", "T-1"): CaseState()}))
    assert store.read(lambda tx: learners.work_case(tx, "desk", "T-1")) == CaseState()


def test_a_job_is_claimed_once_retried_later_each_time_and_repeated(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "sweep", due=10.0, every=60.0))
    store.write(lambda tx: jobs.schedule(tx, "sweep", due=99.0, every=60.0))
    assert store.write(lambda tx: jobs.claim(tx, 9.0)) is None
    job = store.write(lambda tx: jobs.claim(tx, 10.0))
    assert job is not None
    assert store.write(lambda tx: jobs.claim(tx, 10.0)) is None
    store.write(lambda tx: jobs.fail(tx, job, 10.0, "boom"))
    assert store.write(lambda tx: jobs.claim(tx, 14.0)) is None
    again = store.write(lambda tx: jobs.claim(tx, 15.0))
    assert again is not None
    assert again.attempts == 2
    store.write(lambda tx: jobs.finish(tx, again, 15.0))
    assert store.write(lambda tx: jobs.claim(tx, 74.0)) is None
    assert store.write(lambda tx: jobs.claim(tx, 75.0)) is not None


def test_a_job_whose_worker_died_is_taken_by_another_when_its_lease_ends(store: Store) -> None:
    store.write(lambda tx: jobs.schedule(tx, "once", due=0.0))
    assert store.write(lambda tx: jobs.claim(tx, 0.0)) is not None
    assert store.write(lambda tx: jobs.claim(tx, jobs.LEASE_SECONDS - 1)) is None
    taken = store.write(lambda tx: jobs.claim(tx, jobs.LEASE_SECONDS))
    assert taken is not None
    store.write(lambda tx: jobs.finish(tx, taken, 400.0))
    assert store.write(lambda tx: jobs.claim(tx, 1e9)) is None


def test_the_jobs_beat_is_the_latest(store: Store) -> None:
    assert store.read(jobs.last_beat) is None
    for now in (1.25, 1_790_000_000.5):
        store.write(lambda tx, now=now: jobs.beat(tx, now))
        assert store.read(jobs.last_beat) == now


def test_counts_of_a_team_tell_how_often_and_by_how_many(store: Store) -> None:
    def fill(tx: Tx) -> None:
        for id, its in (("ana", ("desk",)), ("ben", ("desk", "night")), ("chloe", ("night",))):
            people.save_person(tx, Person(id=id, name=id, teams=its), now=1.0)
        some = [
            EventRow(n, WorkEvent(source="s", id=str(n), type="t", time=10.0 + n, person=who), 10.0, who, 0, silence)
            for n, (who, silence) in enumerate([("ana", None), ("ana", "no_rule"), ("ben", "no_rule"), ("chloe", "no_rule")], 1)
        ]  # fmt: skip
        log.add_events(tx, some)
        outcomes = [
            ("ana", "opened", None, 20.0, None),
            ("ana", "answered", "why", 21.0, False),
            ("ana", "reviewed", "why", 22.0, True),
            ("ben", "answered", "why", 23.0, True),
            ("chloe", "answered", "why", 24.0, True),
        ]
        rows = [
            OutcomeRow(n, who, verb, "u", block, at, right, None)
            for n, (who, verb, block, at, right) in enumerate(outcomes, 1)
        ]
        add_outcomes(tx, rows)

    store.write(fill)
    assert store.read(counts.teams_of_people) == {"desk": 2, "night": 2}
    assert store.read(lambda tx: counts.events(tx, "desk", 0.0)) == (3, 2)
    assert store.read(lambda tx: counts.events(tx, "desk", 12.5)) == (1, 1)
    assert store.read(lambda tx: counts.silences(tx, "desk", 0.0)) == {"no_rule": (2, 2)}
    assert store.read(lambda tx: counts.statements(tx, "desk", 0.0, "opened")) == (1, 1)
    assert store.read(lambda tx: counts.first_answers(tx, "desk", 0.0)) == (2, 2)
    assert store.read(lambda tx: counts.first_answers(tx, "desk", 0.0, right=True)) == (1, 1)
    assert store.read(lambda tx: counts.first_answers(tx, "night", 0.0, right=True)) == (2, 2)
    assert store.read(lambda tx: counts.prompts(tx, "desk", 0.0)) == (0, 0)
    store.write(lambda tx: people.save_person(tx, Person(id="ana", name="Ana", teams=("night",)), now=2.0))
    assert store.read(counts.teams_of_people) == {"desk": 1, "night": 3}


def test_a_receiver_gets_on_fails_pauses_and_goes(store: Store) -> None:
    def one() -> forwarders.Forwarder:
        found = store.read(lambda tx: forwarders.forwarder(tx, "lrs"))
        assert found is not None
        return found

    store.write(
        lambda tx: forwarders.save_forwarder(tx, "lrs", url="https://lrs.example", auth="Basic x", reached=5)
    )
    assert one() == forwarders.Forwarder("lrs", "https://lrs.example", "Basic x", 5, 0, 0, 0, 0, "", False)
    store.write(lambda tx: forwarders.note_failure(tx, "lrs", "refused", next_try=99))
    store.write(lambda tx: forwarders.note_failure(tx, "lrs", "refused again", next_try=199))
    assert (one().attempts, one().next_try, one().last_error) == (2, 199, "refused again")
    store.write(lambda tx: forwarders.note_sent(tx, "lrs", reached=9, sent=4))
    store.write(lambda tx: forwarders.note_sent(tx, "lrs", reached=7, sent=2))
    assert (one().reached, one().sent, one().attempts, one().last_error) == (9, 4, 0, "")
    assert store.write(lambda tx: forwarders.set_paused(tx, "lrs", True))
    store.write(lambda tx: forwarders.save_forwarder(tx, "lrs", url="https://other.example", auth=""))
    assert (one().url, one().reached, one().paused) == ("https://other.example", 9, True)
    assert store.read(forwarders.forwarders) == [one()]
    assert store.write(lambda tx: forwarders.remove_forwarder(tx, "lrs"))
    assert not store.write(lambda tx: forwarders.set_paused(tx, "lrs", False))
    assert store.read(lambda tx: forwarders.forwarder(tx, "lrs")) is None
