"""Short notes that everybody sees, with Solara: one store for all kernels, and what changes is pushed to each.

A `solara.reactive` of a module has a value for each kernel, hence for each page. The store that all share is the one
that `solara.use_reactive` uses itself, in a module that is not public.
"""

import solara
from solara._stores import SharedStore

shared = solara.Reactive(SharedStore([]))
text = solara.reactive("")


def added() -> None:
    shared.value = [*shared.value, text.value]
    text.value = ""


@solara.component
def Page() -> None:
    solara.InputText("note", value=text, continuous_update=True)
    solara.Button("add", on_click=added)
    solara.Markdown("\n".join(f"- {note}" for note in shared.value))
