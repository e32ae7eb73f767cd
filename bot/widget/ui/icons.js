/** Line icons on a 24-unit grid, drawn as inline SVG in the colour of the text. */

const PATHS = {
  chat: [
    "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-4.6 3.4a.9.9 0 0 1-1.4-.7V17A2.5 2.5 0 0 1 4 14.5z",
    "M8.5 9h7",
    "M8.5 12.5h4.5",
  ],
  down: ["M6 9.5l6 6 6-6"],
  close: ["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
  compose: [
    "M12.5 4.5H7A2.5 2.5 0 0 0 4.5 7v10A2.5 2.5 0 0 0 7 19.5h10a2.5 2.5 0 0 0 2.5-2.5v-5.5",
    "M18.2 3.9a1.6 1.6 0 0 1 2.2 2.2L12.6 14l-3.1.9.9-3.1z",
  ],
  send: ["M12 19V5.5", "M6 11.2l6-6 6 6"],
  clip: [
    "M19.2 11.4l-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l7.7-7.7a3.1 3.1 0 0 1 4.4 4.4l-7.6 7.6a1.5 1.5 0 0 1-2.2-2.2l6.9-6.8",
  ],
  file: [
    "M13.5 3.5H7.2A1.7 1.7 0 0 0 5.5 5.2v13.6a1.7 1.7 0 0 0 1.7 1.7h9.6a1.7 1.7 0 0 0 1.7-1.7V8.5z",
    "M13.5 3.5v5h5",
    "M9 13h6",
    "M9 16.5h4",
  ],
  download: ["M12 4.5v10", "M7.5 10.5l4.5 4.5 4.5-4.5", "M5 19.5h14"],
  check: ["M5 12.6l4.6 4.6L19 7.4"],
  clock: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 7.8V12l2.8 1.8"],
  alert: ["M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16z", "M12 8v4.6", "M12 15.9v.1"],
  retry: ["M19 12a7 7 0 1 1-2.2-5.1", "M19.2 4.2v4h-4"],
  shield: ["M12 3.5l7 2.6v5.1c0 4.4-2.8 7.6-7 9.3-4.2-1.7-7-4.9-7-9.3V6.1z", "M9 12l2.2 2.2 3.9-4.1"],
  spark: [
    "M12 4l1.7 4.9a2.2 2.2 0 0 0 1.4 1.4L20 12l-4.9 1.7a2.2 2.2 0 0 0-1.4 1.4L12 20l-1.7-4.9a2.2 2.2 0 0 0-1.4-1.4L4 12l4.9-1.7a2.2 2.2 0 0 0 1.4-1.4z",
  ],
  person: ["M12 4.2a3.9 3.9 0 1 0 0 7.8 3.9 3.9 0 0 0 0-7.8z", "M4.8 20c.6-3.6 3.5-5.4 7.2-5.4s6.6 1.8 7.2 5.4"],
  offline: [
    "M4 4.5l16 15",
    "M8.6 12.9a5 5 0 0 1 2.1-1.1",
    "M5.4 9.6a9.6 9.6 0 0 1 2.5-1.7",
    "M18.6 9.6a9.6 9.6 0 0 0-7-2.6",
    "M15.9 13.3a5 5 0 0 0-.7-.5",
    "M12 17.5v.1",
  ],
  next: ["M9.5 6l6 6-6 6"],
};

/** A decorative icon: what it stands for is said by the label beside it. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const d of PATHS[name]) {
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", d);
    svg.append(path);
  }
  return svg;
}
