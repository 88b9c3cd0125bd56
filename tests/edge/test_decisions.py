"""A decision is explained to the person it is about, and to nobody else."""

from tests.edge.conftest import Edge, event
from tests.edge.test_learner_api import newcomer


def decisions(edge: Edge, name: str) -> list[str]:
    answer = edge.send(event(f"e-{name}", person=name, case=f"T-{name}"), query="?decide=1").json()
    return [made["id"] for receipt in answer["decisions"] for made in receipt["decisions"]]


def test_a_decision_is_explained_whole_and_comes_out_the_same_again(edge: Edge) -> None:
    headers = newcomer(edge, "dora")
    (number,) = decisions(edge, "dora")
    found = edge.client.get(f"/v1/decisions/{number}", headers=headers).json()
    assert found["again"]["same"] is True
    assert found["event"]["id"] == "e-dora"
    assert found["moment"]["task"]["title"] == "Put a ticket on hold"
    (unit,) = found["candidates"]
    assert "You have not done" in unit["evidence"][0]
    assert unit["title"] == "Put a ticket on hold so that it comes back"
    assert found["score"]["cost"] == 0.02
    assert unit["score"] == unit["need"] * unit["effect"] - 0.02
    assert found["budget"]["day"]["most"] == 2
    if found["shown"]:
        assert found["offer"]["state"] in ("offered", "displayed")
        assert found["offer"]["waited_seconds"] == 0
    else:
        assert found["words"]


def test_nobody_else_reads_it_and_what_is_not_there_is_said(edge: Edge) -> None:
    newcomer(edge, "eva")
    other = newcomer(edge, "finn")
    (number,) = decisions(edge, "eva")
    for path in (number, "999999", "x", "9" * 30):
        assert edge.client.get(f"/v1/decisions/{path}", headers=other).status_code == 404
    assert edge.client.get(f"/v1/decisions/{number}").status_code == 401
