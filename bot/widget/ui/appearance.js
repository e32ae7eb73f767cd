/** Colours, side and size that depend on attributes and on the device, as one constructed style sheet. */
import { STYLES } from "./styles/index.js";

const DARK = matchMedia("(prefers-color-scheme: dark)");
const DARK_TEXT = "#0b1015";

export class Appearance {
  #host;
  #variables = new CSSStyleSheet();
  #changed;
  #viewport = window.visualViewport;

  /** @param changed called when the device's colour scheme changes */
  constructor(host, root, changed) {
    this.#host = host;
    this.#changed = changed;
    root.adoptedStyleSheets = [...STYLES.map(sheet), this.#variables];
    DARK.addEventListener("change", changed);
    this.#viewport?.addEventListener("resize", this.#fit);
    this.#viewport?.addEventListener("scroll", this.#fit);
    this.#fit();
  }

  /** Puts the attributes `theme`, `position` and `accent` on the root node of a view. */
  apply(node) {
    const theme = this.#host.getAttribute("theme");
    node.dataset.theme = theme === "dark" || theme === "light" ? theme : DARK.matches ? "dark" : "light";
    node.dataset.position = this.#host.getAttribute("position") === "left" ? "left" : "right";
    this.#fit();
  }

  dispose() {
    DARK.removeEventListener("change", this.#changed);
    this.#viewport?.removeEventListener("resize", this.#fit);
    this.#viewport?.removeEventListener("scroll", this.#fit);
  }

  /** The part of the window that a phone's keyboard leaves free, and the accent. */
  #fit = () => {
    const { height = innerHeight, offsetTop = 0, scale = 1 } = this.#viewport ?? {};
    const rules = [];
    // Not while the customer zooms in: the panel would shrink with every pinch.
    if (scale === 1) rules.push(`.root { --free-height: ${height}px; --free-top: ${offsetTop}px; }`);
    const accent = this.#host.getAttribute("accent");
    if (accent && CSS.supports("color", accent)) {
      const text = textOn(accent);
      rules.push(`.root.root { --accent: ${accent}; --accent-text: ${text}; }`);
      if (text === DARK_TEXT)
        rules.push(`.root[data-theme="light"] { --link: color-mix(in srgb, ${accent} 50%, black); }`);
    }
    this.#variables.replaceSync(rules.join("\n"));
  };
}

function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

/** Black or white, whichever can be read on `colour` (WCAG 2.2 relative luminance). */
function textOn(colour) {
  const canvas = document.createElement("canvas").getContext("2d");
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((it) => {
    const part = it / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.36 ? DARK_TEXT : "#ffffff";
}
