/** The scrolling list of messages: keyed rows, day separators, typing indicator, and where the list stands. */
import { h, setAttribute, setChildren, setText } from "./dom.js";
import { icon } from "./icons.js";
import { MessageView } from "./message.js";
import { isRating, ratingOf } from "./quick-replies.js";

const GROUP_MS = 5 * 60_000;
const NEAR_BOTTOM_PX = 80;

export class Log {
  #texts;
  #actions;
  #views = new Map();
  #days = new Map();
  #isAtBottom = true;
  #arrivedBelow = 0;

  /** @param actions see MessageView, and {seen()}: the customer has scrolled to the end */
  constructor(texts, actions, empty) {
    this.#texts = texts;
    this.#actions = actions;
    this.empty = empty;
    this.list = h("div", { class: "list" });
    this.typing = h(
      "div",
      { class: "typing", "aria-hidden": "true", hidden: true },
      h("i", {}),
      h("i", {}),
      h("i", {}),
    );
    this.skeleton = h(
      "div",
      { class: "skeleton", "aria-hidden": "true", hidden: true },
      h("i", {}),
      h("i", {}),
      h("i", {}),
    );
    this.jumpText = h("span", {});
    this.jump = h(
      "button",
      { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd(true) } },
      icon("down"),
      this.jumpText,
    );
    this.scroller = h(
      "div",
      { class: "scroller", tabindex: "0", role: "log", "aria-relevant": "additions", "aria-label": texts.text("log") },
      this.empty,
      this.skeleton,
      this.list,
      this.typing,
    );
    this.node = h("div", { class: "log" }, this.scroller, this.jump);
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    // Pictures load, the keyboard opens, the composer grows: who was at the end stays there.
    this.resizes = new ResizeObserver(() => this.#isAtBottom && this.toEnd());
    this.resizes.observe(this.list);
    this.resizes.observe(this.scroller);
  }

  /** @param rows see MessageView; @param now decides "today" */
  render(rows, { now, isLoading, isLoaded, typing }) {
    setAttribute(this.scroller, "aria-live", isLoaded ? "polite" : "off"); // the history is not read out
    const lastMine = rows.findLastIndex((row) => row.author === "customer");
    const nodes = [];
    const keys = new Set();
    rows.forEach((row, i) => {
      const before = rows[i - 1];
      if (!before || !isSameDay(before.createdAt, row.createdAt)) nodes.push(this.#day(row.createdAt, now));
      const view = this.#view(row);
      keys.add(row.key);
      view.update(row, {
        isFirst: !isSameGroup(before, row),
        isLast: !isSameGroup(row, rows[i + 1]),
        ...buttonState(rows, i, lastMine),
      });
      nodes.push(view.node);
    });
    for (const key of this.#views.keys()) if (!keys.has(key)) this.#views.delete(key);
    setChildren(this.list, nodes);
    this.typing.hidden = typing === null;
    this.skeleton.hidden = !isLoading;
    this.empty.hidden = isLoading || rows.length > 0;
    if (this.#isAtBottom) this.toEnd();
  }

  /** New messages of others: stays at the end, or counts them on the button that leads there. */
  arrived(messages) {
    const first = this.#views.get(rowKey(messages[0]))?.node;
    if (!this.#isAtBottom) {
      this.#arrivedBelow += messages.length;
      this.#showJump();
    } else if (first && this.scroller.scrollHeight - first.offsetTop > this.scroller.clientHeight) {
      // More than one screen: begin at the beginning.
      this.#isAtBottom = false;
      this.scroller.scrollTop = first.offsetTop - 12;
    }
  }

  toEnd(smooth = false) {
    this.#isAtBottom = true;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior: smooth && !calm ? "smooth" : "instant" });
    this.#showJump();
  }

  get isAtEnd() {
    return this.#isAtBottom;
  }

  dispose() {
    this.resizes.disconnect();
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.#isAtBottom = scrollHeight - scrollTop - clientHeight < NEAR_BOTTOM_PX;
    if (this.#isAtBottom) this.#arrivedBelow = 0;
    this.#showJump();
    if (this.#isAtBottom) this.#actions.seen();
  }

  #showJump() {
    this.jump.hidden = this.#isAtBottom;
    const count = this.#arrivedBelow;
    setText(this.jumpText, count > 0 ? this.#texts.text("new_messages", { count }) : "");
    this.jump.setAttribute("aria-label", count > 0 ? this.jumpText.textContent : this.#texts.text("jump_to_latest"));
  }

  #view(row) {
    let view = this.#views.get(row.key);
    if (!view) {
      view = new MessageView(row, this.#texts, this.#actions);
      this.#views.set(row.key, view);
    }
    return view;
  }

  #day(date, now) {
    const key = date.toDateString();
    if (!this.#days.has(key)) this.#days.set(key, h("div", { class: "day" }, h("span", {})));
    const node = this.#days.get(key);
    setText(node.firstChild, this.#texts.day(date, now));
    return node;
  }
}

/** The key of a committed message's row; the same as that of the unsent message that it was. */
export function rowKey(message) {
  return message.client_id ?? `seq:${message.seq}`;
}

/** Quick replies live until the customer says something; a rating until it is given. */
function buttonState(rows, i, lastMine) {
  const { buttons } = rows[i];
  if (!isRating(buttons)) return { areButtonsLive: i > lastMine, rated: null };
  const later = rows.slice(i + 1);
  const said = later.filter((row) => row.author === "customer");
  const given = buttons.find((button) =>
    said.some((row) => row.payload === button.payload || row.text === button.title),
  );
  const isOver = later.some((row) => row.kind === "rating_thanks" || isRating(row.buttons));
  return { areButtonsLive: !given && !isOver, rated: given ? ratingOf(given) : null };
}

function isSameDay(a, b) {
  return a.toDateString() === b.toDateString();
}

function isSameGroup(a, b) {
  if (!a || !b || a.author !== b.author || a.name !== b.name || a.author === "system") return false;
  return isSameDay(a.createdAt, b.createdAt) && b.createdAt - a.createdAt < GROUP_MS;
}
