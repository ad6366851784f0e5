"""What all sessions of the app of marimo share: a module is imported once in a process."""

NOTES: list[str] = []
