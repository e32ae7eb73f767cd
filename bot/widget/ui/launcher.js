/** The round button in the corner, with the number of unread messages. */
import { h, setAttribute, setText } from "./dom.js";
import { icon } from "./icons.js";

const MOST_SHOWN = 99;

export class Launcher {
  #texts;

  constructor(texts, toggle) {
    this.#texts = texts;
    this.badge = h("span", { class: "badge", "aria-hidden": "true", hidden: true });
    this.node = h(
      "button",
      { type: "button", class: "launcher", "aria-controls": "panel", "aria-haspopup": "dialog", on: { click: toggle } },
      icon("chat"),
      icon("down"),
      this.badge,
    );
  }

  update({ isOpen, unread }) {
    const label = this.#texts.text(isOpen ? "launcher_close" : "launcher");
    const count = unread > 0 ? `, ${this.#texts.text("unread", { count: unread })}` : "";
    setAttribute(this.node, "aria-label", label + count);
    setAttribute(this.node, "aria-expanded", String(isOpen));
    this.badge.hidden = unread === 0;
    setText(this.badge, unread > MOST_SHOWN ? `${MOST_SHOWN}+` : String(unread));
  }
}
