"""The composition root: settings to parts, opened and closed as one.

It is three modules, so that a command loads no more than it uses: `knowing` (the index and the search), `answering`
(the models and the tutor), `serving` (the database and everything a server needs).
"""
