"""Tables of comma-separated values in reStructuredText, be they in a file of the book."""

from __future__ import annotations

from docutils import nodes, statemachine
from docutils.parsers.rst.directives.tables import CSVTable

from pageside.knowledge.reading.kinds import including


class CommaSeparated(CSVTable):  # type: ignore[misc]
    """As docutils' own, but for where a file may lie, and without the text of the directive where there is none."""

    def run(self) -> list[nodes.Node]:
        """The table; its title alone where its file is not read, of which the author is told."""
        if "url" in self.options:
            return self._refused(f"a table from {self.options['url']!r} is not read: nothing is fetched")
        if "file" in self.options:
            page = self.state.inliner.page
            here = str(self.state_machine.get_source_and_line(self.lineno)[0] or page.place.path)
            try:
                text, path = including.text(self.options.pop("file"), page.place, here=here, budget=page.budget)
            except including.Refused as error:
                return self._refused(str(error))
            self.content = statemachine.StringList(text.splitlines(), source=path)
        return list(super().run())

    def _refused(self, message: str) -> list[nodes.Node]:
        title, _ = self.make_title()
        told = self.state.reporter.warning(message, line=self.lineno)
        return [nodes.rubric("", "", *title.children), told] if title is not None else [told]
