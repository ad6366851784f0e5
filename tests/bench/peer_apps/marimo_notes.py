"""Short notes that everybody sees, with marimo (run): a module's list, and an element that refreshes every second."""

import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo
    from peer_notes import NOTES

    return NOTES, mo


@app.cell
def _(NOTES, mo):
    text = mo.ui.text(label="note", debounce=False).form(
        submit_button_label="add", clear_on_submit=True, on_change=lambda note: NOTES.append(note)
    )
    text
    return


@app.cell
def _(mo):
    tick = mo.ui.refresh(options=["1s"], default_interval="1s")
    tick
    return (tick,)


@app.cell
def _(NOTES, mo, tick):
    tick
    mo.md("\n".join(f"- {note}" for note in NOTES))
    return


if __name__ == "__main__":
    app.run()
