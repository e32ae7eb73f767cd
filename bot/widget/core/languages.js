/** The widget's own texts: one JSON file a language in texts/, chosen by the page's language. */

const FALLBACK = "en";

/** The languages that texts/ holds. A new file is added here and nowhere else. */
export const LANGUAGES = ["zh-Hans", "en", "zh-Hant", "ja", "ko", "ru", "vi", "es", "pt", "tr", "fr", "de"];

const TAG = /^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,4}$/; // what the gateway takes

/** What a language is taken from when its own file is missing. */
const NEAREST = { "zh-Hant": "zh-Hans" };

/** The language (one of `available`) for a BCP 47 tag such as "zh-CN" or "pt-BR", or null. */
export function matchLanguage(tag, available = LANGUAGES) {
  const parts = String(tag ?? "")
    .toLowerCase()
    .split(/[-_]/);
  let language = parts[0];
  if (language === "zh" || language === "cmn") {
    const traditional =
      parts.includes("hant") || (!parts.includes("hans") && parts.some((it) => ["tw", "hk", "mo"].includes(it)));
    language = traditional ? "zh-Hant" : "zh-Hans";
  }
  if (available.includes(language)) return language;
  return available.includes(NEAREST[language]) ? NEAREST[language] : null;
}

/**
 * The language for the element: its own lang attribute or the page's, else the browser's, else English.
 * @returns {{language: string, locale: string}} `locale` is the tag that was asked for, which may be one that texts/
 *     lacks: the assistant may know it all the same
 */
export function chooseLanguage(element) {
  const asked = element.closest("[lang]")?.getAttribute("lang") || document.documentElement.lang || null;
  const wanted = [asked, ...navigator.languages].filter((tag) => TAG.test(tag ?? ""));
  for (const tag of wanted) {
    const language = matchLanguage(tag);
    if (language) return { language, locale: wanted[0] };
  }
  return { language: FALLBACK, locale: wanted[0] ?? FALLBACK };
}

/** Loads texts/<language>.json. */
export async function loadTexts(base, language) {
  const answer = await fetch(new URL(`texts/${language}.json`, base), { credentials: "omit" });
  if (!answer.ok) throw new Error(`texts/${language}.json: ${answer.status}`);
  return new Texts(language, await answer.json());
}

export class Texts {
  #texts;
  #plurals;

  constructor(language, texts) {
    this.language = language;
    this.direction = texts.direction ?? "ltr";
    this.#texts = texts;
    this.#plurals = new Intl.PluralRules(language);
  }

  /** The text called `key`, with {name} replaced. A text with plural forms is chosen by `values.count`. */
  text(key, values = {}) {
    let found = this.#texts[key];
    if (found && typeof found === "object" && !Array.isArray(found)) {
      found = found[this.#plurals.select(values.count)] ?? found.other;
    }
    if (typeof found !== "string") return key;
    return found.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  has(key) {
    return typeof this.#texts[key] === "string";
  }

  /** A list of texts. */
  list(key) {
    return this.#texts[key] ?? [];
  }

  time(date) {
    return new Intl.DateTimeFormat(this.language, { hour: "2-digit", minute: "2-digit" }).format(date);
  }

  /** "Today", "Yesterday" or the date; `now` decides, and the year is left out when it is this one. */
  day(date, now) {
    const days = Math.round((startOfDay(now) - startOfDay(date)) / 86_400_000);
    if (days === 0) return this.text("today");
    if (days === 1) return this.text("yesterday");
    const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
    return new Intl.DateTimeFormat(this.language, { year, month: "long", day: "numeric", weekday: "short" }).format(
      date,
    );
  }

  size(bytes) {
    const [amount, unit] =
      bytes < 1024 * 1024 ? [Math.max(1, Math.round(bytes / 1024)), "KB"] : [bytes / 1024 / 1024, "MB"];
    return `${new Intl.NumberFormat(this.language, { maximumFractionDigits: 1 }).format(amount)} ${unit}`;
  }
}

function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
