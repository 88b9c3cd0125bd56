"""The description of the API says what the program answers, and nothing else."""

import re

from midflow.edge.app import routes
from midflow.edge.description import document

PLACE = re.compile(r"\{\w*\}")


def described() -> set[tuple[str, str]]:
    paths = document()["paths"]
    return {
        (method.upper(), PLACE.sub("{}", path))
        for path, operations in paths.items()
        for method in operations
        if method != "parameters"
    }


def test_every_endpoint_is_described_and_none_is_invented() -> None:
    real = {(method, path) for method, path in routes() if not path.startswith("/demo")}
    assert described() == real


def test_every_operation_has_a_name_of_its_own_a_summary_and_a_tag_that_is_explained() -> None:
    operations = [
        operation
        for path in document()["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation["summary"] for operation in operations)
    explained = {tag["name"] for tag in document()["tags"]}
    assert {tag for operation in operations for tag in operation["tags"]} == explained


def test_every_reference_leads_to_a_component() -> None:
    text = str(document())
    for kind, name in re.findall(r"#/components/(\w+)/(\w+)", text):
        assert name in document()["components"][kind], f"{kind}/{name}"
