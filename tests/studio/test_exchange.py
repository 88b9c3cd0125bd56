"""Packs in and out."""

import shutil
from pathlib import Path

import pytest

from tests.studio.conftest import TINY


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def changed_copy(folder: Path, old: str, new: str) -> Path:
    """The tiny pack with one text replaced, wherever it stands."""
    shutil.copytree(TINY, folder)
    for path in folder.rglob("*"):
        if path.is_file():
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return folder


def current_units() -> dict[str, dict]:
    import msgspec

    from midflow.store import releases
    from midflow.studio.storage import store

    _, body = store().read(releases.current_release)
    return {unit["id"]: unit for unit in msgspec.json.decode(body)["units"]}


def test_what_is_exported_after_an_import_is_the_same_to_the_byte(desk, tmp_path):
    from midflow.studio.authoring.exchange import export_folder

    assert export_folder("tiny", tmp_path / "out") == 2
    assert files_of(tmp_path / "out") == files_of(TINY)


def test_the_same_pack_again_makes_no_revision_and_no_release(desk):
    from wagtail.models import Revision

    from midflow.studio.authoring.exchange import import_folder
    from midflow.studio.authoring.history import current_number

    revisions, release = Revision.objects.count(), current_number()
    done = import_folder(TINY)
    assert (done.added, done.changed, done.withdrawn, done.same) == (0, 0, 0, 8)
    assert (Revision.objects.count(), current_number()) == (revisions, release) == (8, 1)


def test_a_changed_unit_is_published_anew_and_nothing_else_is_touched(desk, tmp_path):
    from midflow.studio.authoring.exchange import import_folder
    from midflow.studio.authoring.history import current_number

    done = import_folder(
        changed_copy(tmp_path / "new", "A ticket **on hold** is a promise", "A held ticket is a promise")
    )
    assert (done.added, done.changed, done.same) == (0, 1, 7)
    assert current_number() == 2
    assert current_units()["hold-well"]["blocks"][0]["markdown"].startswith("A held ticket")


def test_a_unit_that_left_the_pack_is_withdrawn(desk, tmp_path):
    from midflow.studio.authoring.exchange import import_folder
    from midflow.studio.authoring.models import Unit

    folder = changed_copy(
        tmp_path / "new", "- id: first-week\n  title: First week\n  units:\n  - hold-well\n", ""
    )
    (folder / "pack.yaml").write_text(
        (folder / "pack.yaml").read_text(encoding="utf-8").replace("paths:\n", ""), encoding="utf-8"
    )
    (folder / "units" / "hold-well.md").unlink()
    done = import_folder(folder)
    assert done.withdrawn == 2
    assert not Unit.objects.get(slug="hold-well").live
    assert current_units() == {}


def test_a_pack_that_takes_the_name_of_another_packs_task_changes_nothing(desk, tmp_path):
    from midflow.studio.authoring.exchange import ExchangeError, import_folder
    from midflow.studio.authoring.models import Pack

    with pytest.raises(ExchangeError, match="'say-why' belongs to the pack 'tiny'"):
        import_folder(changed_copy(tmp_path / "other", "id: tiny", "id: other"))
    assert [pack.slug for pack in Pack.objects.all()] == ["tiny"]


def test_a_pack_whose_rule_names_no_task_changes_nothing_and_says_why(data, tmp_path):
    from midflow.studio.authoring.exchange import ExchangeError, import_folder
    from midflow.studio.authoring.models import Skill

    with pytest.raises(ExchangeError, match="There is no skill 'patience'"):
        import_folder(changed_copy(tmp_path / "new", "  - keep-promises\n", "  - patience\n"))
    assert Skill.objects.count() == 0


def test_a_pack_with_a_misspelt_field_names_the_file_and_the_line(data, tmp_path):
    from midflow.studio.authoring.exchange import ExchangeError, import_folder

    with pytest.raises(ExchangeError, match=r"units/hold-well\.md:\d+: error"):
        import_folder(changed_copy(tmp_path / "new", "question:", "qestion:"))


def test_an_unknown_pack_is_not_exported_and_the_known_ones_are_named(desk, tmp_path):
    from midflow.studio.authoring.exchange import ExchangeError, export_folder

    with pytest.raises(ExchangeError, match="no pack 'tinny'. Packs: tiny"):
        export_folder("tinny", tmp_path / "out")


def test_a_folder_with_somebodys_files_is_not_written_into(desk, tmp_path):
    from midflow.studio.authoring.exchange import ExchangeError, export_folder

    (tmp_path / "letters.txt").write_text("dear Ana", encoding="utf-8")
    with pytest.raises(ExchangeError, match="something else"):
        export_folder("tiny", tmp_path)
    assert files_of(tmp_path) == {"letters.txt": b"dear Ana"}


def test_every_pack_that_ships_comes_out_as_it_went_in(data):
    from midflow import plugs
    from midflow.core.content.packs import parse_pack, write_pack
    from midflow.studio.authoring.exchange import export_pack, import_folders, read_folder
    from midflow.studio.sample import pack_folders

    folders = pack_folders()
    assert folders
    import_folders(folders)
    for folder in folders:
        pack, _ = read_folder(folder)
        files = export_pack(pack.id)
        assert files == write_pack(pack)
        assert parse_pack(files, plugs.block_kinds())[0] == pack


def test_the_sample_is_seeded_and_twice_is_once(data):
    from django.contrib.auth import get_user_model
    from wagtail.models import Revision

    from midflow.store import people
    from midflow.studio.authoring.history import current_number
    from midflow.studio.sample import seed
    from midflow.studio.storage import store

    said = seed()
    before = (Revision.objects.count(), current_number(), get_user_model().objects.count())
    assert seed() == said
    assert (Revision.objects.count(), current_number(), get_user_model().objects.count()) == before
    everybody = store().read(people.people)
    assert len(everybody) == 13
    assert all(person.name.endswith("(sample)") for person in everybody)


def test_a_task_that_a_unit_names_is_not_deleted_and_the_author_sees_where_it_is_used(desk, sign_in):
    from midflow.studio.authoring.models import Task

    task = Task.objects.get(slug="wait")
    browser = sign_in("ines@desk.example", "Authors")
    address = f"/studio/snippets/authoring/task/delete/{task.pk}/"
    assert "referenced 2 times" in browser.get(address).content.decode()
    browser.post(address)
    assert Task.objects.filter(pk=task.pk).exists()


def test_a_rule_with_a_history_and_a_timing_comes_back_as_it_went_in(desk):
    import msgspec

    from midflow.core.content.model import Absent, Times
    from midflow.studio.authoring.models import Rule

    row = Rule.objects.first()
    history = (Times(at_most=0), Absent(events=("desk.reply",), within_hours=4, by="another"))
    value = msgspec.structs.replace(row.value(), phase="stuck", history=history, timing="badge")
    row.take(value)
    row.save_revision(clean=False).publish()
    assert Rule.objects.get(pk=row.pk).value() == value
