/** What an empty conversation shows: a welcome, what support never asks for, and common questions to begin with. */
import { h } from "./dom.js";
import { icon } from "./icons.js";

/** @param ask called with the question that the customer chose */
export function emptyState(texts, ask) {
  const starters = texts
    .list("starters")
    .map((question) =>
      h(
        "button",
        { type: "button", class: "starter", on: { click: () => ask(question) } },
        h("span", { text: question }),
        icon("next"),
      ),
    );
  return h(
    "div",
    { class: "empty" },
    h("div", { class: "empty-mark", "aria-hidden": "true" }, icon("spark")),
    h("h3", { text: texts.text("empty_title") }),
    h("p", { text: texts.text("empty_text") }),
    h("div", { class: "starters", role: "group", "aria-label": texts.text("starters_label") }, starters),
    h("div", { class: "safety" }, icon("shield"), h("span", { text: texts.text("empty_safety") })),
  );
}
