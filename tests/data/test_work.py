"""The work store: its migrations and its models say the same, and a commit is on the disk."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from data.home import Home, home
from data.work import HEAD, MIGRATIONS, Base, open_work
from pipelines.receipts import reading


def test_migrating_from_nothing_gives_exactly_the_tables_of_the_models(tmp_path: Path) -> None:
    found = sa.inspect(open_work(Home(tmp_path / "home")))
    for table in Base.metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert columns == {column.name: column.nullable for column in table.columns}, table.name
        keys = {
            key["constrained_columns"][0]: key["referred_table"] for key in found.get_foreign_keys(table.name)
        }
        assert keys == {
            column.name: key.column.table.name for column in table.columns for key in column.foreign_keys
        }
    assert set(found.get_table_names()) == {*Base.metadata.tables, "alembic_version"}


def test_the_newest_migration_is_the_one_the_code_expects() -> None:
    newest = max(path.stem[1:].split("_")[0] for path in (MIGRATIONS / "versions").glob("v*.py"))
    assert newest == HEAD


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    with open_work(Home(tmp_path / "home")).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_the_store_is_where_the_operator_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDU_HOME", str(tmp_path / "here"))
    assert home().folder == tmp_path / "here"
    monkeypatch.delenv("TIDU_HOME")
    assert home().folder.parts[-2:] == ("data", "local")


def test_who_only_reads_waits_for_no_writer_and_sees_one_state(tmp_path: Path) -> None:
    store = Home(tmp_path / "home")
    insert = "insert into withdrawals (receipt, at, withdrawn, to_build) values (1, '2026-01-01', 1, 1)"
    count = "select count(*) from withdrawals"
    with open_work(store).connect() as writer, writer.begin():
        writer.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        writer.exec_driver_sql(insert)
        with reading(store).connect() as reader:
            assert reader.exec_driver_sql(count).scalar() == 0
        writer.exec_driver_sql("delete from withdrawals")
    with reading(store).connect() as reader:
        before = reader.exec_driver_sql(count).scalar()
        with open_work(store).begin() as other:
            other.exec_driver_sql("insert into builds values (1, '2026-01-01', 'x', '[]', 'p', 'c', '{}', 0)")
        assert reader.exec_driver_sql("select count(*) from builds").scalar() == before == 0
