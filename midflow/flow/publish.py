"""Publish: what authors hold for good becomes the next release, whole or not at all."""

import msgspec

from midflow.core.content.block import BlockKinds
from midflow.core.content.release import Draft, Policy, compile_release, encode
from midflow.core.match import gate
from midflow.store import releases
from midflow.store.tx import Store, Tx


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The release that is current now; `changed` is False where its content was so already."""

    number: int
    changed: bool


def publish(
    store: Store, draft: Draft, *, kinds: BlockKinds, now: float, policy: Policy | None = None, by: str = ""
) -> Published:
    """Compile `draft` and store it as the next release, in one transaction.

    Raises `core.content.release.ReleaseError` with every problem where it does not compile.
    """

    def save(tx: Tx) -> Published:
        number = releases.current_number(tx) + 1
        made = compile_release(
            draft, policy or Policy(), number=number, created=now, kinds=kinds, valid_condition=gate
        )
        current = releases.current_release(tx)
        if current is not None and current[0].hash == made.hash:
            return Published(number=current[0].number, changed=False)
        releases.save_release(tx, number, encode(made), hash=made.hash, created=now, published_by=by)
        return Published(number=number, changed=True)

    return store.write(save)
