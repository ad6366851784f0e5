"""A rehearsal: an invented workshop, played by as many independent processes as it has participants.

``script`` reads what is said (`templates/rehearsals/`), ``actor`` is one participant's process, and
``stage`` starts them all and hears what they report. Actors ask as pages do, and each follows the
journal by itself: with or without a server, a rehearsal is a workshop like another.
"""
