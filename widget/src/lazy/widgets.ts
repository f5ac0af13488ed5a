/** Everything that draws widgets and forms. */

export { StructuredInput } from "../items/StructuredInput";
export { WidgetRoot } from "../widgets/Root";
