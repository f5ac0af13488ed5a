/** What `<script src="/chatkit.js">` defines: `<openai-chatkit>`, and `<pageside-assistant>` beside the page. */

import { ChatKitElement } from "./element/element";
import { Assistant } from "./page/assistant";

// OpenAI's own script may have come first; then its element stands, and ours goes by its other name.
if (!customElements.get("openai-chatkit")) customElements.define("openai-chatkit", ChatKitElement);
if (!customElements.get("pageside-chat")) {
  customElements.define("pageside-chat", class extends ChatKitElement {});
  customElements.define("pageside-assistant", Assistant);
}
