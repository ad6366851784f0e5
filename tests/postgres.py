"""A PostgreSQL of the tests' own: Debian's, a new cluster in a temporary folder, on loopback, durable as in use."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import psycopg

from tests.harness import free_port

PASSWORD = "mot-de-passe-du-test"
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
ACCOUNTS = ("postgres", "nobody")
"""Who runs it where the tests run as root, which PostgreSQL refuses."""


class Cluster:
    """Make it with ``with``. `address` gives a database of it; `stop` and `start` keep what is in it.

    Parameters
    ----------
    disk
        The size of a disk of its own, such as ``"160m"``, which root alone can make; "" for the system's.
    standby_of
        The cluster that it follows, and whose place it can take; a note is acknowledged once both have it.
    """

    def __init__(self, disk: str = "", standby_of: Cluster | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="impact-postgres-"))
        self._account = _account()
        self._disk, self._followed = disk, standby_of
        if disk:
            subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={disk}", "tmpfs", self.folder), check=True)
        self.port = free_port()
        if self._account:
            shutil.chown(self.folder, self._account)
        self._made = 0

    def __enter__(self) -> Self:
        word = self.folder / "word"
        word.write_text(PASSWORD)
        word.chmod(0o644)
        if self._followed:
            self._follow(self._followed)
            return self
        made = ("--auth=scram-sha-256", f"--pwfile={word}", "--username=impact", "--encoding=UTF8", "--locale=C")
        self._run("initdb", "-D", str(self.folder / "data"), *made)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.running:
            self.stop("immediate")
        if self._disk:
            subprocess.run(("umount", "--lazy", self.folder), check=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _follow(self, first: Cluster) -> None:
        copied = (
            "--write-recovery-conf",
            "--wal-method=stream",
            "--create-slot",
            "--slot=standby",
            "--checkpoint=fast",
        )
        self._run("pg_basebackup", "-d", first.address("postgres"), "-D", str(self.folder / "data"), *copied)
        self.start()
        first.ask("alter system set synchronous_standby_names = '*'", "postgres")
        first.ask("select pg_reload_conf()", "postgres")

    def promote(self) -> None:
        """Take the place of the cluster that it followed."""
        self._control("promote")

    @property
    def running(self) -> bool:
        return (self.folder / "data" / "postmaster.pid").exists()

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c max_connections=60"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    def stop(self, mode: str = "fast") -> None:
        self._control("-m", mode, "stop")

    def _control(self, *arguments: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", *arguments)

    def address(
        self, database: str, user: str = "impact", password: str = f":{PASSWORD}", ports: Sequence[int] = ()
    ) -> str:
        """`ports` are where it is reached, one after the other, if not at its own."""
        hosts = ",".join(f"127.0.0.1:{port}" for port in ports or [self.port])
        return f"postgresql://{user}{password}@{hosts}/{database}"

    def new(self, ports: Sequence[int] = ()) -> str:
        """The address of a new database."""
        self._made += 1
        name = f"workshops{self._made}"
        self.ask(f"create database {name}", "postgres")
        return self.address(name, ports=ports)

    def ask(self, question: str, database: str) -> list[tuple]:
        with psycopg.connect(self.address(database), autocommit=True) as connection:
            asked = connection.execute(question)
            return asked.fetchall() if asked.description else []

    def dump(self, address: str) -> str:
        """All that a copy of a database has."""
        return self._run("pg_dump", address)

    def restore(self, dumped: str, address: str) -> None:
        self._run("psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", address, input=dumped)

    def _run(self, name: str, *arguments: str, input: str | None = None) -> str:
        command = [_program(name), *arguments]
        # pg_ctl leaves a server that keeps its output open: nobody must wait for its end.
        with tempfile.TemporaryFile("w+") as said:
            done = subprocess.run(
                command,
                input=input,
                text=True,
                stdout=said,
                stderr=subprocess.STDOUT,
                user=self._account,
                group=None if self._account is None else pwd.getpwnam(self._account).pw_gid,
                extra_groups=[] if self._account else None,
                cwd="/",
            )
            said.seek(0)
            printed = said.read()
        assert done.returncode == 0, f"{name}: {printed}"
        return printed


def _program(name: str) -> str:
    found = next((str(folder / name) for folder in FOLDERS if (folder / name).exists()), shutil.which(name))
    assert found, f"{name} is not installed: run make tools"
    return found


def _account() -> str | None:
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    return next(account for account in ACCOUNTS if account in known)
