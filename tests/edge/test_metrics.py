"""What is counted for Prometheus."""

import pytest
from msgspec.structs import replace

from midflow.core.content.model import Risk
from midflow.core.decide import Candidate, Limits, Need, Situation, decide
from midflow.edge.metrics import Metrics
from midflow.flow.ingest import Receipt
from midflow.store.log import DecisionRow

NOW = 1_790_000_000.0
UNIT = Candidate(unit="isolate", need=Need(p=0.5, evidence=()), effect=0.3, form="inline")
MOMENT = Situation(
    now=NOW, event_time=NOW, person="ana", task="isolate", phase="starting", rule="isolate", case="T-1",
    candidates=(UNIT,), limits=Limits(), draw=0.0,
)  # fmt: skip


@pytest.mark.parametrize(("risk", "counted"), [("standard", 0.0), ("safety_critical", 1.0)])
def test_a_prompt_beside_the_budget_is_counted_apart(risk: Risk, counted: float) -> None:
    situation = replace(MOMENT, candidates=(replace(UNIT, risk=risk),))
    made = DecisionRow(1, 1, 1, situation, decide(situation))
    metrics = Metrics()
    metrics.count([Receipt(seq=1, duplicate=False, decisions=(made,))])
    value = metrics.registry.get_sample_value
    assert value("midflow_decisions_total", {"outcome": "shown"}) == 1.0
    assert value("midflow_safety_critical_prompts_total") == counted
