"""The store that an address, or a data folder, names."""

from __future__ import annotations

import re
from pathlib import Path

from impactlib.domain.refusal import Refusal
from impactlib.domain.text import N_
from impactlib.storage.folder import Folder
from impactlib.storage.store import Store

Data = Path | Store
"""Where workshops are: a data folder, or any store."""
EXTRA = "pip install 'impactlib[postgres]'"
NO_ADDRESS = N_("This is no address of a store: give postgresql://USER@HOST/DATABASE, or a folder.")
_DATABASE = re.compile(r"postgres(ql)?://")


def store_of(data: Data) -> Store:
    """The store of a data folder, or the one that is given."""
    return data if isinstance(data, Store) else Folder(data)


def at(address: str) -> Store:
    """The store at an address: postgresql://…, or a folder.

    Raises
    ------
    Refusal, StoreError, JournalError
        When it is no address, when the database cannot be used, when it is a newer kit's.
    """
    if not _DATABASE.match(address):
        if "://" in address:
            raise Refusal(NO_ADDRESS)
        return Folder(Path(address))
    try:
        # Only who asks for a database needs it.
        from impactlib.storage.postgres import Postgres
    except ImportError:
        raise Refusal("A PostgreSQL store needs psycopg, which is not installed: %(command)s", command=EXTRA) from None
    return Postgres(address)
