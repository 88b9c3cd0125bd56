"""Sends statements on to the stores that are registered for it."""

import time
from functools import partial
from typing import TYPE_CHECKING

from midflow.connect import lrs
from midflow.flow.forward import Away, Parcel, Refused, forward
from midflow.store.forwarders import Forwarder, forwarders
from midflow.store.jobs import Job
from midflow.store.tx import Store

if TYPE_CHECKING:
    import httpx2


def forward_statements(store: Store, job: Job, now: float) -> None:
    """Send what is due; without a receiver the HTTP library is not even loaded."""
    if not store.read(forwarders):
        return
    with lrs.client() as http:
        forward(store, partial(_send, http), clock=time.time)


def _send(http: "httpx2.Client", to: Forwarder, parcel: Parcel) -> None:
    try:
        lrs.send(
            http, to.url, authorization=to.auth, media=parcel.media, body=parcel.body, version=parcel.version
        )
    except lrs.SendError as error:
        raise (Refused if error.final else Away)(str(error)) from None
