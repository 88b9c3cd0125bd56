"""What the jobs do for the learner: work becomes evidence."""

from midflow import plugs
from midflow.flow.rulebook import current_book
from midflow.store.jobs import Job
from midflow.store.tx import Store


def settle_work(store: Store, job: Job, now: float) -> None:
    """Turn work begun a week ago into evidence, in batches, so that no write waits long."""
    from midflow.flow import settle

    book = current_book(store, plugs.block_kinds())
    while store.write(lambda tx: settle.settle_work(tx, book=book, now=now)):
        pass


def refit_learner(store: Store, job: Job, now: float) -> None:
    """Fit what was learned from answers again, each part where there are enough of them."""
    from midflow.flow.fit_answers import refit_correction, refit_response
    from midflow.jobs.challenger import challenge
    from midflow.jobs.fsrs import fit_memory

    if refit_response(store, now=now) is not None:
        challenge(store, now=now)
    refit_correction(store, now=now)
    fit_memory(store, now=now)
