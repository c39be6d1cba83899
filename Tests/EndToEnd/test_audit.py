"""The audit chain and backups, as people use them from the command line."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from gateway import Fake, Gateway, policy


@pytest.fixture
def office(fake: Fake, tmp_path: Path) -> Gateway:
    """Not running: the commands work on the data directory."""
    gateway = Gateway(tmp_path / "first", policy(fake.url))
    gateway.write_policies(gateway.policies)
    assert gateway.command("tenant", "add", "umbrella").returncode == 0
    for name in ("one", "two", "three"):
        gateway.key("umbrella", "--name", name)
    keys = json.loads(gateway.command("key", "list", "--tenant", "umbrella", "--json").stdout)["data"]
    gateway.command("key", "revoke", keys[0]["id"])
    return gateway


def test_every_change_is_in_an_unbroken_chain(office: Gateway) -> None:
    done = office.command("audit", "verify")
    assert done.returncode == 0, done.stdout + done.stderr
    with sqlite3.connect(office.data / "martlet.db") as database:
        actions = [row[0] for row in database.execute("SELECT action FROM audit WHERE tenant = 'umbrella'")]
        text = "".join(str(row) for row in database.execute("SELECT * FROM audit"))
    assert actions.count("key.create") == 3 and "tenant.create" in actions and "key.revoke" in actions
    assert "secret_hash" not in text


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE audit SET action = 'key.rotate' WHERE tenant = 'umbrella' AND action = 'key.revoke'",
        "DELETE FROM audit WHERE tenant = 'umbrella' AND action = 'key.revoke'",
        "DELETE FROM audit WHERE tenant = 'umbrella' AND action = 'tenant.create'",
        "DELETE FROM audit WHERE tenant = 'umbrella'",
    ],
)
def test_what_was_changed_by_hand_is_found(office: Gateway, damage: str) -> None:
    with sqlite3.connect(office.data / "martlet.db") as database:
        database.execute(damage)
    done = office.command("audit", "verify")
    assert done.returncode == 1
    assert "umbrella" in done.stdout + done.stderr
    assert office.command("audit", "verify", "--tenant", "acme").returncode == 0


def test_a_backup_brings_tenants_and_keys_to_another_machine(office: Gateway, fake: Fake, tmp_path: Path) -> None:
    secret = office.key("umbrella", "--name", "four")
    file = tmp_path / "office.backup"
    assert office.command("backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0 and secret.rsplit("-", 1)[1] not in file.read_text()
    other = Gateway(tmp_path / "second", office.policies)
    other.data.mkdir(parents=True)
    shutil.copy(office.data / "master.key", other.data / "master.key")
    other.write_policies(other.policies)
    for _ in range(2):
        done = other.command("restore", str(file))
        assert done.returncode == 0, done.stdout + done.stderr
    listed = [json.loads(g.command("key", "list", "--tenant", "umbrella", "--json").stdout)["data"] for g in (office, other)]
    assert listed[0] == listed[1] and len(listed[0]) == 4
    assert other.command("audit", "verify").returncode == 0


def test_a_damaged_backup_changes_nothing(office: Gateway, tmp_path: Path) -> None:
    file = tmp_path / "office.backup"
    office.command("backup", str(file))
    file.write_text(file.read_text().replace("umbrella", "umbr/lla", 1))
    done = office.command("restore", str(file))
    assert done.returncode != 0 and done.stderr.strip()
    assert "umbr/lla" not in office.command("tenant", "list").stdout
