/** In place of KaTeX inside of Mermaid: formulas in diagrams would need fonts and style sheets. */

export default {
  renderToString(): string {
    throw new Error("Formulas cannot be drawn in diagrams.");
  },
};
