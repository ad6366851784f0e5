"""Our scripts, as pages and widgets load them."""

from __future__ import annotations

import re

import pytest

from impactlib.bundle import bundle_script
from impactlib.paths import ASSETS
from impactlib.server.fingerprint import contents

NAMES = sorted(path.name for path in ASSETS.glob("*.js"))


@pytest.mark.parametrize("name", NAMES)
def test_a_script_asks_for_no_other_and_holds_each_that_it_imports_once(name: str) -> None:
    made = bundle_script(name)
    assert not re.search(r"^import ", made, re.M)
    held = re.findall(r"^const _(\w+) = \(\(\) => \{$", made, re.M)
    assert len(held) == len(set(held))
    # What a scope takes from another was put before it, and is what that one gives.
    for at, module in ((found.start(), found[1]) for found in re.finditer(r"= _(\w+);$", made, re.M)):
        assert f"const _{module} = " in made[:at]
    for names, module in re.findall(r"^const \{ (.+) \} = _(\w+);$", made, re.M):
        [given] = re.findall(rf"^const _{module} = .*?^return \{{ (.*?) \}};$", made, re.M | re.S)
        assert set(names.split(", ")) <= set(given.split(", ")), (name, module)


def test_a_page_loads_the_scripts_that_the_server_gives() -> None:
    assert set(NAMES) <= contents().keys()
    assert all(contents()[name].decode() == bundle_script(name) for name in NAMES)
