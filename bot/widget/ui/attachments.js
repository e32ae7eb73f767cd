/** Files in messages: pictures as thumbnails that open large, everything else as a button that downloads. */
import { isImage } from "../core/files.js";
import { h, hiddenText } from "./dom.js";
import { icon } from "./icons.js";

/**
 * Fetches files of the conversation with the customer's token, once each, and keeps them as blob addresses.
 * A blob belongs to the page's origin, so only pictures are shown; anything else is handed to the browser to save.
 */
export class FileStore {
  #download;
  #urls = new Map();

  /** @param download (id) => Promise<Blob> */
  constructor(download) {
    this.#download = download;
  }

  /** @returns {Promise<string>} a blob address */
  url(id, contentType) {
    if (!this.#urls.has(id)) {
      const type = isImage(contentType) || contentType === "application/pdf" ? contentType : "application/octet-stream";
      const fetched = this.#download(id).then((blob) => URL.createObjectURL(new Blob([blob], { type })));
      fetched.catch(() => this.#urls.delete(id));
      this.#urls.set(id, fetched);
    }
    return this.#urls.get(id);
  }

  /** The blob address of a file that the customer has just chosen. */
  local(file) {
    if (!this.#urls.has(file)) this.#urls.set(file, Promise.resolve(URL.createObjectURL(file)));
    return this.#urls.get(file);
  }

  clear() {
    for (const url of this.#urls.values()) url.then(URL.revokeObjectURL, () => {});
    this.#urls.clear();
  }
}

/**
 * @param file {name, type, size, url(): Promise<string>}
 * @param actions {showImage(url, name), problem(text)}
 */
export function attachmentView(file, texts, actions) {
  return isImage(file.type) ? pictureView(file, texts, actions) : documentView(file, texts, actions);
}

function pictureView(file, texts, actions) {
  const image = h("img", { alt: texts.text("image", { name: file.name }), draggable: "false" });
  const button = h(
    "button",
    { type: "button", class: "picture loading", "aria-label": texts.text("open_image", { name: file.name }) },
    image,
  );
  const fail = () => button.replaceWith(documentView(file, texts, actions)); // for example where the page's policy forbids blob: images
  image.addEventListener("load", () => button.classList.remove("loading"));
  image.addEventListener("error", fail);
  file.url().then((url) => {
    image.src = url;
    button.addEventListener("click", () => actions.showImage(url, file.name));
  }, fail);
  return button;
}

function documentView(file, texts, actions) {
  const save = async () => {
    try {
      h("a", { href: await file.url(), download: file.name }).click();
    } catch {
      actions.problem(texts.text("file_unavailable"));
    }
  };
  return h(
    "button",
    { type: "button", class: "document", on: { click: save } },
    icon("file"),
    h(
      "span",
      { class: "document-text" },
      hiddenText(texts.text("download", { name: "" })),
      h("span", { class: "document-name", text: file.name }),
      h("span", { class: "document-size", text: texts.size(file.size) }),
    ),
    icon("download"),
  );
}

/** A picture over the whole window; Escape, its button or a click beside it closes it, and the focus goes back. */
export class Lightbox {
  constructor(texts) {
    this.image = h("img", {});
    const close = h(
      "button",
      {
        type: "button",
        class: "lightbox-close",
        "aria-label": texts.text("close_image"),
        on: { click: () => this.node.close() },
      },
      icon("close"),
    );
    this.node = h("dialog", { class: "lightbox" }, this.image, close);
    this.node.addEventListener("click", (event) => {
      if (event.target === this.node) this.node.close();
    });
  }

  show(url, name) {
    this.image.src = url;
    this.image.alt = name;
    this.node.setAttribute("aria-label", name);
    this.node.showModal();
  }
}
