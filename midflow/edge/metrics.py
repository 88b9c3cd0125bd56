"""Numbers for Prometheus."""

from collections.abc import Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

from midflow.flow.ingest import Receipt

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The edge's counters, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._events = Counter(
            "midflow_events", "Work events by what became of them", ["result"], registry=self.registry
        )
        self._decisions = Counter(
            "midflow_decisions", "Decisions: shown, or the silence", ["outcome"], registry=self.registry
        )
        self.requests = Counter(
            "midflow_http_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "midflow_http_request_seconds", "Time to answer", ["route"], registry=self.registry
        )
        self.streams = Gauge("midflow_streams", "Connected streams", registry=self.registry)
        self.queue = Gauge(
            "midflow_writer_queue", "Items that wait for the next commit", registry=self.registry
        )

    def count(self, receipts: Sequence[Receipt]) -> None:
        """Count events and decisions."""
        for receipt in receipts:
            result = "duplicate" if receipt.duplicate else receipt.silence or "decided"
            self._events.labels(result).inc()
            for row in receipt.decisions:
                self._decisions.labels(row.decision.reason or "shown").inc()

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
