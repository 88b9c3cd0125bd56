"""Ralph as it comes, with a back end that stores nothing: `serve.py PORT FOLDER`, in Ralph's own environment.

All that Ralph does before its database is real: routing, Basic auth, validation, enrichment, answer.
What it would then do to store and index is left out, so no real Ralph is faster than this one.
"""

import json
import os
import sys
from pathlib import Path

NAME, PASSWORD = "bench", "bench"


def write_settings(folder: Path) -> None:
    """Ralph reads its settings while it is imported, so they are written before."""
    import bcrypt

    user = {
        "agent": {"account": {"homePage": "https://bench.example", "name": NAME}},
        "scopes": ["all"],
        "username": NAME,
        "hash": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    }
    accounts = folder / "auth.json"
    accounts.write_text(json.dumps([user]), encoding="utf-8")
    os.environ |= {"RALPH_RUNSERVER_BACKEND": "null", "RALPH_AUTH_FILE": str(accounts)}


def null_backend() -> type:
    from ralph.backends.data.base import BaseQuery, DataBackendStatus
    from ralph.backends.lrs.base import BaseAsyncLRSBackend, BaseLRSBackendSettings, StatementQueryResult

    class Null(BaseAsyncLRSBackend[BaseLRSBackendSettings]):
        """Takes what it is given and remembers none of it."""

        name = "null"
        query_class = BaseQuery

        async def status(self):
            return DataBackendStatus.OK

        async def write(self, data, **_):
            return len(data)

        async def query_statements(self, params, target=None):
            return StatementQueryResult(statements=[])

        async def query_statements_by_ids(self, ids, target=None):
            for statement in ():
                yield statement

        async def _read_dicts(self, *_):
            for statement in ():
                yield statement

        async def close(self):
            return None

    return Null


def main(port: str, folder: str) -> None:
    write_settings(Path(folder))
    import uvicorn
    from ralph.backends import loader

    known = {"null": null_backend()}
    loader.get_lrs_backends = lambda: known
    # One process with uvloop and httptools, and no line of log a request.
    uvicorn.run("ralph.api:app", host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


main(*sys.argv[1:])
