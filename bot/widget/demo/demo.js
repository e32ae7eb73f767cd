/** The help centre around the widget: texts in all languages, light and dark, and questions that open the chat. */
import { LANGUAGES, matchLanguage } from "../core/languages.js";
import { icon } from "./icons.js";

const choice = document.querySelector("#language");
const chat = document.querySelector("support-chat");
const query = document.querySelector('[name="query"]');
const results = document.querySelector("#results");
let texts = {};

await showLanguage(firstLanguage());
showTheme(localStorage.getItem("demo-theme"));

choice.addEventListener("change", () => showLanguage(choice.value));
document.querySelector("#theme").addEventListener("click", () => showTheme(isDark() ? "light" : "dark"));
document.addEventListener("click", (event) => {
  const asking = event.target.closest("[data-ask], [data-question]");
  if (asking) chat.send(asking.dataset.question ?? texts[asking.dataset.ask]);
  if (asking || !event.target.closest("#search")) results.hidden = true;
});
document.querySelector("#search").addEventListener("submit", (event) => {
  event.preventDefault();
  if (query.value.trim()) chat.send(query.value);
  results.hidden = true;
});
query.addEventListener("input", showResults);
query.addEventListener("keydown", (event) => {
  if (event.key === "Escape") results.hidden = true;
});

function firstLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? localStorage.getItem("demo-language");
  if (LANGUAGES.includes(asked)) return asked;
  return navigator.languages.map((tag) => matchLanguage(tag)).find(Boolean) ?? "en";
}

async function showLanguage(language) {
  texts = await (await fetch(`/widget/demo/texts/${language}.json`)).json();
  localStorage.setItem("demo-language", language);
  document.documentElement.lang = language; // the widget follows
  document.title = texts.page_title;
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = texts[node.dataset.t];
  for (const node of document.querySelectorAll("[data-t-label]"))
    node.setAttribute("aria-label", texts[node.dataset.tLabel]);
  for (const node of document.querySelectorAll("[data-t-placeholder]"))
    node.placeholder = texts[node.dataset.tPlaceholder];
  choice.value = language;
  for (const node of document.querySelectorAll("[data-list]"))
    node.replaceChildren(...texts[node.dataset.list].map((text, i, all) => listItem(node, text, i, all)));
  document.querySelector("#topics").replaceChildren(...texts.topics.map(topicCard));
  document.querySelector("#news").replaceChildren(...texts.news.map(newsItem));
  document.querySelector("#footer").replaceChildren(...texts.footer.map(footerColumn));
  showResults();
}

function showTheme(theme) {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
    chat.setAttribute("theme", theme);
    localStorage.setItem("demo-theme", theme);
  }
}

function isDark() {
  return (
    (document.documentElement.dataset.theme ??
      (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"
  );
}

/** The articles that contain every word of the query, and the assistant for everything else. */
function showResults() {
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  const found = texts.topics
    .flatMap((topic) => topic.questions)
    .filter((title) => words.every((word) => title.toLowerCase().includes(word)));
  const ask = make(
    "li",
    {},
    make(
      "button",
      { type: "button", "data-question": query.value.trim(), class: "ask" },
      icon("chat"),
      `${texts.ask_assistant}“${query.value.trim()}”`,
    ),
  );
  results.replaceChildren(
    ...found
      .slice(0, 5)
      .map((title) =>
        make("li", {}, make("button", { type: "button", "data-question": title }, icon("article"), title)),
      ),
    ask,
  );
  results.hidden = words.length === 0 || document.activeElement !== query;
}

function listItem(list, text, i, all) {
  if (list.dataset.list === "popular")
    return make(
      "span",
      {},
      make("button", { type: "button", class: "link", "data-question": text }, text),
      i < all.length - 1 ? " · " : "",
    );
  if (list.dataset.list === "nav")
    return make("li", {}, make("a", { href: "#main", ...(i === all.length - 1 && { "aria-current": "page" }) }, text));
  return make("li", {}, icon("check"), make("span", {}, text));
}

function topicCard({ icon: name, title, questions }) {
  const links = questions.map((question) =>
    make("li", {}, make("button", { type: "button", class: "link", "data-question": question }, question)),
  );
  return make(
    "article",
    { class: "topic" },
    make("h3", {}, make("span", { class: "topic-icon" }, icon(name)), title),
    make("ul", {}, ...links),
  );
}

function newsItem({ tag, title, date }) {
  const time = new Intl.DateTimeFormat(document.documentElement.lang, { month: "short", day: "numeric" }).format(
    new Date(`${date}T00:00`),
  );
  return make(
    "li",
    {},
    make("span", { class: "tag" }, tag),
    make("a", { href: "#news-title" }, title),
    make("time", { datetime: date }, time),
  );
}

function footerColumn({ title, links }) {
  return make(
    "div",
    {},
    make("h3", {}, title),
    make("ul", {}, ...links.map((text) => make("li", {}, make("a", { href: "#main" }, text)))),
  );
}

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}
