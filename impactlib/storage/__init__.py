"""Sessions on disk: the journal, the store that folds it, and the keys that open it."""
