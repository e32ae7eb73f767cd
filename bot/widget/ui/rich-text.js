/**
 * Turns the plain text of a message into elements: paragraphs, numbered steps, bullets, links to official hosts, and
 * hashes and addresses in a fixed-width face. There is no markup language; everything else stays the text it is.
 */
import { h } from "./dom.js";

// "1. Text", "1.文字", "1、文字", "1) Text"; not "1.5 BTC"
const STEP = /^\s*(\d{1,2})(?:[、．)）]\s*|\.\s+|\.(?=[^\d\s]))(?=\S)/;
const BULLET = /^\s*[-•·]\s+(?=\S)/;
const CONTINUED = /^\s{2,}(?=\S)/; // an indented line goes on with the step above it
// A link ends where ASCII ends as well: Chinese text follows an address without a space.
const TOKEN = /https:\/\/[\w\-.~:/?#[\]@!$&'()*+,;=%]+|\b(?:0x)?[0-9A-Za-z]{26,}\b/g;
const AFTER_LINK = /[.,;:!?)\]']+$/;

/**
 * @param {string} text
 * @param {Set<string>} hosts the hosts that may be linked to; all other addresses stay text
 * @returns {HTMLElement[]}
 */
export function renderText(text, hosts) {
  const blocks = [];
  let list = null;
  let paragraph = null;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const step = STEP.exec(line) ?? BULLET.exec(line);
    if (step) {
      paragraph = null;
      const kind = step[1] ? "steps" : "bullets";
      if (list?.className !== kind) {
        list = h(step[1] ? "ol" : "ul", { class: kind, role: "list" });
        blocks.push(list);
      }
      const rest = h("span", { class: "step-text" }, inline(line.slice(step[0].length), hosts));
      list.append(h("li", {}, h("span", { class: "step-mark", text: step[1] ?? "•" }), rest));
    } else if (list && !paragraph && CONTINUED.test(line)) {
      list.lastChild.lastChild.append(h("br"), ...inline(line.trim(), hosts));
    } else if (line.trim() === "") {
      paragraph = null;
      if (blocks.length > 0 && blocks.at(-1) !== list) list = null;
    } else if (paragraph) {
      paragraph.append(h("br"), ...inline(line, hosts));
    } else {
      list = null;
      paragraph = h("p", {}, inline(line, hosts));
      blocks.push(paragraph);
    }
  }
  return blocks;
}

/** The text of one line as nodes. */
function inline(text, hosts) {
  const nodes = [];
  let done = 0;
  for (const match of text.matchAll(TOKEN)) {
    const isLink = match[0].startsWith("https://");
    const token = isLink ? match[0].replace(AFTER_LINK, "") : match[0];
    const node = isLink ? link(token, hosts) : code(token);
    if (!node) continue;
    nodes.push(text.slice(done, match.index), node);
    done = match.index + token.length;
  }
  nodes.push(text.slice(done));
  return nodes.filter((it) => it !== "");
}

function code(token) {
  return /\d/.test(token) ? h("span", { class: "code", text: token }) : null;
}

/** A link that shows its whole address, or null when its host is not official. */
export function link(address, hosts) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  const isPlain = url.protocol === "https:" && !url.username && !url.password && !url.port;
  if (!isPlain || !hosts.has(url.hostname)) return null;
  const shown = address.split(/(?<=[^/:]\/)/).flatMap((part, i) => (i > 0 ? [h("wbr"), part] : [part])); // breaks after slashes first
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, shown);
}
