"""The server: standalone Voilà with rooms. Pages receive patches and send gestures; they never touch a kernel."""

import sys

# Jupyter's server imports jsonschema, which compiles 38 grammars of international addresses if it can: three seconds
# and 16 MB at each start, for a format that no schema of ours or of Jupyter's has. It does without where it is missing.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
