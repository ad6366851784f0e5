"""Short notes that everybody sees, with Panel: one parameter for all sessions, and what changes is pushed to each."""

import panel as pn
import param


class Shared(param.Parameterized):
    notes = param.List(default=[])


shared = pn.state.as_cached("notes", Shared)
text = pn.widgets.TextInput(name="note")
add = pn.widgets.Button(name="add")


def added(event):
    shared.notes = [*shared.notes, text.value_input]
    text.value = text.value_input = ""


def told(notes):
    return pn.pane.Markdown("\n".join(f"- {note}" for note in notes))


add.on_click(added)
pn.Column(text, add, pn.bind(told, shared.param.notes)).servable()
