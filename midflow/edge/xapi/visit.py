"""What a handler of the record gets: everything about one call."""

from typing import NamedTuple

from midflow.core.record.values import Version
from midflow.edge.desk import Desk
from midflow.edge.xapi.access import Access
from midflow.edge.xapi.call import Call


class Visit(NamedTuple):
    """`who` is None only where the record answers everybody."""

    desk: Desk
    call: Call
    version: Version
    who: Access | None

    @property
    def access(self) -> Access:
        """Who calls. Raises LookupError where the record answers everybody."""
        if self.who is None:
            raise LookupError("this resource is answered without a key")
        return self.who
