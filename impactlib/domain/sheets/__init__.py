"""A team's table, from whatever file holds it, read into hypotheses of impact. Pure.

`grid` is the table as any source gives it; `encodings` and `cutting` make one of text. Then the whole of it is looked
at before any cell is read: `headings` says what each column is, `shape` what each row is, `columns` how the numbers
and the dates of each column are written. `rows` reads the cells by those decisions.
"""
