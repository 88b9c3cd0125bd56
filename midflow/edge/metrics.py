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
        self._exempt = Counter(
            "midflow_safety_critical_prompts",
            "Safety-critical prompts, shown beside the attention budget",
            registry=self.registry,
        )
        self._requests = Counter(
            "midflow_http_requests",
            "Requests by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "midflow_http_request_seconds",
            "Time until an answer begins",
            ["route"],
            registry=self.registry,
        )
        self._answered: dict[tuple[str, int], tuple[Counter, Histogram]] = {}
        self.streams = Gauge("midflow_streams", "Connected streams", registry=self.registry)
        self.queue = Gauge(
            "midflow_writer_queue", "Items that wait for the next commit", registry=self.registry
        )

    def answered(self, route: str, status: int, seconds: float) -> None:
        """Count one answer. Labels are looked up once for each pair: that costs more than counting."""
        found = self._answered.get((route, status))
        if found is None:
            found = (self._requests.labels(route, str(status)), self._seconds.labels(route))
            self._answered[route, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def count(self, receipts: Sequence[Receipt]) -> None:
        """Count events and decisions."""
        for receipt in receipts:
            result = "duplicate" if receipt.duplicate else receipt.silence or "decided"
            self._events.labels(result).inc()
            for row in receipt.decisions:
                self._decisions.labels(row.decision.reason or "shown").inc()
                self._exempt.inc(row.decision.exempt)

    def text(self) -> bytes:
        """Return the exposition format."""
        return generate_latest(self.registry)
