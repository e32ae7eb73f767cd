/**
 * Builds elements. Strings become text nodes and nothing else: no text of a message, a file name or a translation is
 * ever parsed as HTML.
 *
 * @param props attributes by name; `class`, `text` and `on` ({event: listener}) are special, false and null are left out
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") node.textContent = value;
    else if (name === "on")
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Text that screen readers read and nobody sees. */
export function hiddenText(text) {
  return h("span", { class: "hidden-text", text });
}

/** Sets textContent only where it changes, so that live regions stay quiet and selections stay alive. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

export function setAttribute(node, name, value) {
  if (value === null || value === false) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

/** Makes `parent` hold exactly `nodes`, in order, and touches only what differs. */
export function setChildren(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, i) => {
    if (parent.children[i] !== node) parent.insertBefore(node, parent.children[i] ?? null);
  });
}
