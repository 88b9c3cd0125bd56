"""Packs in and out of the studio: by slug, twice the same, published at once."""

from dataclasses import dataclass, field
from pathlib import Path

from django.db import transaction
from wagtail.models import ReferenceIndex
from wagtail.signal_handlers import disable_reference_index_auto_update

from midflow import plugs
from midflow.core.content import model as core
from midflow.core.content.decode import ContentError
from midflow.core.content.packs import parse_pack, write_pack
from midflow.core.content.release import ReleaseError
from midflow.studio.authoring import publishing
from midflow.studio.authoring.models import CONTENT, Pack

PACK_FIELDS = ("title", "description", "version", "locale", "licence")
ORDER = ("skills", "roles", "tasks", "units", "rules", "paths", "sources")


class ExchangeError(ValueError):
    """A pack that cannot come in or go out: every reason, one a line."""


@dataclass
class Imported:
    """What an import did."""

    pack: str
    added: int = 0
    changed: int = 0
    same: int = 0
    withdrawn: int = 0
    warnings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        done = f"Pack {self.pack}: {self.added} added, {self.changed} changed, {self.same} as before, {self.withdrawn} withdrawn."
        return f"{done} {len(self.warnings)} warnings." if self.warnings else done


def read_folder(folder: Path) -> tuple[core.Pack, list[str]]:
    """Return the pack of a folder and its warnings. Raises ExchangeError."""
    if not folder.is_dir():
        raise ExchangeError(f"{folder} is no folder.")
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")]
    try:
        files = {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in sorted(paths)
        }
    except UnicodeDecodeError as error:
        raise ExchangeError(f"{folder}: a file is not UTF-8 text: {error}.") from None
    pack, problems = parse_pack(files, plugs.block_kinds())
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    if pack is None or errors:
        raise ExchangeError("\n".join(errors) or f"{folder}: no pack.")
    return pack, [str(problem) for problem in problems]


def import_folder(folder: Path, *, by: str = "pack import") -> Imported:
    """Bring the pack of a folder in and publish it. Raises ExchangeError; then nothing has changed."""
    return import_folders([folder], by=by)[0]


def import_folders(folders: list[Path], *, by: str = "pack import") -> list[Imported]:
    """Bring several packs in as one release. Raises ExchangeError; then nothing has changed."""
    read = [read_folder(folder) for folder in folders]
    try:
        with transaction.atomic(), disable_reference_index_auto_update():
            publishing.compile_after_commit(by=by)
            done = [_import(pack, warnings) for pack, warnings in read]
            publishing.try_to_compile(publishing.gather())
    except (ReleaseError, ContentError) as error:
        raise ExchangeError(str(error)) from None
    return done


def _import(pack: core.Pack, warnings: list[str]) -> Imported:
    row, _ = Pack.objects.update_or_create(
        slug=pack.id, defaults={name: getattr(pack, name) for name in PACK_FIELDS}
    )
    done = Imported(pack=pack.id, warnings=warnings)
    for name in ORDER:
        _import_some(CONTENT[name], getattr(pack, name), row, done)
    return done


def _import_some(model, values, pack, done):
    key = "title" if model.shape is core.Source else "slug"
    rows = {getattr(row, key): row for row in model.objects.select_related("pack")}
    kept = set()
    for position, value in enumerate(values):
        id = _id(value)
        kept.add(id)
        row = rows.get(id)
        if row is not None and row.pack_id not in (None, pack.pk):
            raise ExchangeError(
                f"{model._meta.verbose_name} '{id}' belongs to the pack '{row.pack.slug}'. Rename it in '{pack.slug}'."
            )
        _bring(model, row, value, pack, position, done)
    for id, row in rows.items():
        if row.pack_id == pack.pk and row.live and id not in kept:
            row.unpublish()
            done.withdrawn += 1


def _bring(model, row, value, pack, position, done):
    if row is not None and (row.pack_id, row.position) != (pack.pk, position):
        model.objects.filter(pk=row.pk).update(pack=pack, position=position)
        row.pack, row.position = pack, position
    if row is not None and row.live and _same(row, value):
        done.same += 1
        return
    done.changed += row is not None
    done.added += row is None
    row = row or model(pack=pack, position=position, live=False)
    row.take(value)
    row.pack, row.position = pack, position
    if row.pk is None:
        row.save()
    row.save_revision(clean=False).publish()
    # What names what is kept by Wagtail at each of three saves; once is enough.
    ReferenceIndex.create_or_update_for_object(row)


def _same(row, value) -> bool:
    try:
        return row.value() == value
    except ContentError:
        return False


def _id(value) -> str:
    return value.name if isinstance(value, core.Source) else value.id


def export_pack(id: str) -> dict[str, str]:
    """Return the files of a pack as it is published. Raises ExchangeError."""
    row = Pack.objects.filter(slug=id).first()
    if row is None:
        known = ", ".join(Pack.objects.values_list("slug", flat=True)) or "none"
        raise ExchangeError(f"There is no pack '{id}'. Packs: {known}.")
    fields = {name: getattr(row, name) for name in PACK_FIELDS}
    for name in ORDER:
        found = CONTENT[name].objects.filter(pack=row, live=True).order_by("position", "pk")
        fields[name] = tuple(item.value() for item in found)
    return write_pack(core.Pack(id=row.slug, **fields))


def export_folder(id: str, folder: Path) -> int:
    """Write a pack into a folder and return the number of files. Raises ExchangeError."""
    files = export_pack(id)
    units = folder / "units"
    if folder.exists() and any(folder.iterdir()) and not (folder / "pack.yaml").is_file():
        raise ExchangeError(f"{folder} holds something else than a pack. Name an empty folder.")
    units.mkdir(parents=True, exist_ok=True)
    for stale in units.glob("*.md"):
        if f"units/{stale.name}" not in files:
            stale.unlink()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return len(files)
