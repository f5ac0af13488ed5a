/** Everything that draws widgets. */

export { WidgetRoot } from "../widgets/Root";
