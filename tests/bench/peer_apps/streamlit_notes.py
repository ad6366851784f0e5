"""Short notes that everybody sees, with Streamlit: one list in the process, and a fragment that runs every second."""

import streamlit as st


@st.cache_resource
def shared() -> list[str]:
    return []


with st.form("note", clear_on_submit=True):
    text = st.text_input("note")
    if st.form_submit_button("add"):
        shared().append(text)


@st.fragment(run_every="1s")
def told() -> None:
    st.markdown("\n".join(f"- {note}" for note in shared()))


told()
