"""Fail when a built wheel lacks what an installation without Node and without the sources needs."""

import sys
import zipfile

WANTED = {
    "the pages": "midflow/web_assets/manifest.json",
    "the widget": "midflow/web_assets/embed.js",
    "the packs": "midflow/packs/customer-service-desk/pack.yaml",
    "the schema": "midflow/store/schema.sql",
    "the description of the API": "midflow/edge/openapi.yaml",
    "the weights of the response model": "midflow/core/learner/weights.json",
    "the template database": "midflow/studio/template/",
    "the studio's pages": "midflow/studio/templates/",
}


def main() -> None:
    path = sys.argv[1]
    with zipfile.ZipFile(path) as wheel:
        names = wheel.namelist()
    missing = [
        f"{what} ({start})"
        for what, start in WANTED.items()
        if not any(name.startswith(start) for name in names)
    ]
    if missing:
        sys.exit(f"{path} lacks {', '.join(missing)}.")
    print(f"{path}: {len(names)} files, whole.")


if __name__ == "__main__":
    main()
