"""What is learnt from the work done here: need once a day or when much is new, and what units achieve."""

from midflow.store.jobs import Job
from midflow.store.tx import Store


def refit(store: Store, job: Job, now: float) -> None:
    """Fit need where it is due, and count the draws by chance whose outcome is known by now."""
    from midflow.flow.refit import count_draws, is_due_early, refit_need

    if store.read(lambda tx: is_due_early(tx, now)):
        refit_need(store, now)
    count_draws(store, now, kinds=_kinds(store))


def _kinds(store: Store) -> dict[str, str]:
    """The kind of each unit of the current release."""
    from midflow import plugs
    from midflow.core.content.release import decode
    from midflow.flow.rulebook import kinds_of_units
    from midflow.store.releases import current_release

    current = store.read(current_release)
    return kinds_of_units(decode(current[1], plugs.block_kinds()).units) if current else {}
