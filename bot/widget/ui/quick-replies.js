/** Buttons under a message: quick replies, or a row from 1 to 5 where the message asks for a rating. */
import { h } from "./dom.js";

const RATING = /^\/rate\{.*"value"\s*:\s*([1-5])\b/;

/** The value of a rating's payload, or null. */
export function ratingOf(button) {
  const match = RATING.exec(button.payload);
  return match ? Number(match[1]) : null;
}

export function isRating(buttons) {
  return buttons.length > 0 && buttons.every((button) => ratingOf(button) !== null);
}

/** @param choose called with the chosen button, at most once */
export function quickReplies(buttons, texts, choose) {
  const group = h("div", { class: "replies", role: "group", "aria-label": texts.text("quick_replies") });
  for (const button of buttons) {
    group.append(
      h("button", {
        type: "button",
        class: "reply",
        text: button.title,
        on: { click: () => take(group, button, choose) },
      }),
    );
  }
  return group;
}

/** @param chosen the value that was given before, or null */
export function ratingRow(buttons, texts, chosen, choose) {
  const row = h("div", { class: "rating-row", role: "group", "aria-label": texts.text("rating") });
  const sorted = [...buttons].sort((a, b) => ratingOf(a) - ratingOf(b));
  for (const button of sorted) {
    const value = ratingOf(button);
    const label = `${texts.text("rating_of", { count: value })}${button.title === String(value) ? "" : `, ${button.title}`}`;
    const node = h("button", {
      type: "button",
      class: "rate",
      "aria-label": label,
      "aria-pressed": String(value === chosen),
      text: String(value),
    });
    node.disabled = chosen !== null;
    node.addEventListener("click", () => {
      node.setAttribute("aria-pressed", "true");
      take(row, button, choose);
    });
    row.append(node);
  }
  const ends = h(
    "div",
    { class: "rating-ends", "aria-hidden": "true" },
    h("span", { text: texts.text("rating_low") }),
    h("span", { text: texts.text("rating_high") }),
  );
  return h("div", { class: "rating" }, row, ends);
}

function take(group, button, choose) {
  for (const node of group.querySelectorAll("button")) node.disabled = true;
  choose(button);
}
