/** A widget of a conversation. */

import { OnDemand } from "./OnDemand";
import type { Props } from "./Root";

/** The widget `widget`; actions in it are those of `item` where it is given. */
export function WidgetView(props: Props) {
  return <OnDemand of="WidgetRoot" given={props} instead={props.item?.copy_text} />;
}
