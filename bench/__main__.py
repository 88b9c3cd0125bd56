"""`python -m bench [NAME ...]`: run all measurements, or those named, and print what was seen."""

import json
import platform
import sys
import time

from bench import budget, decide, edge_events, kills, learner, match, memory, offers, record, replay

ALL = {
    "edge_events": edge_events.run,
    "offers": offers.run,
    "replay": replay.run,
    "memory": memory.run,
    "learner": learner.run,
    "decide": decide.run,
    "budget": budget.run,
    "match": match.run,
    "kills": kills.run,
    "record": record.run,
}


def main() -> int:
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        print(f"bench: there is no '{unknown[0]}'. Known: {', '.join(ALL)}.", file=sys.stderr)
        return 2
    print(f"{platform.platform()}, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}")
    for name in names:
        started = time.monotonic()
        found = ALL[name]()
        print(
            json.dumps(
                {"bench": name, **found, "took_seconds": round(time.monotonic() - started, 1)}, indent=2
            ),
            flush=True,
        )
    return 0


sys.exit(main())
