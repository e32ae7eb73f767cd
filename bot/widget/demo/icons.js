/** Line icons of the help centre. */
const PATHS = {
  shield: "M12 3.5l7 2.6v5.1c0 4.4-2.8 7.6-7 9.3-4.2-1.7-7-4.9-7-9.3V6.1zM9 12l2.2 2.2 3.9-4.1",
  wallet:
    "M4 8.5A2.5 2.5 0 0 1 6.5 6H17v3M4 8.5V17a2.5 2.5 0 0 0 2.5 2.5h11A2.5 2.5 0 0 0 20 17v-5.5A2.5 2.5 0 0 0 17.5 9h-13M16 14.2v.1",
  chart: "M4.5 19.5h15M7 16v-4M7 9V6.5M7 12a1.4 1.4 0 0 0 0-3M12 15v-2M12 8V4.5M12 13V8M17 17v-3M17 10.5V8M17 14v-3.5",
  identity:
    "M4 7.5A2 2 0 0 1 6 5.5h12a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM9 9a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM6.3 15.9c.5-1.2 1.5-1.7 2.7-1.7s2.2.5 2.7 1.7M14.5 10h3M14.5 13.5h3",
  code: "M8.5 8l-4 4 4 4M15.5 8l4 4-4 4M13.5 5.5l-3 13",
  app: "M8 3.5h8a1.5 1.5 0 0 1 1.5 1.5v14a1.5 1.5 0 0 1-1.5 1.5H8A1.5 1.5 0 0 1 6.5 19V5A1.5 1.5 0 0 1 8 3.5zM11 17.5h2",
  scales: "M12 4.5v15M7 19.5h10M5 7.5h14M5 7.5l-2.5 6a2.7 2.7 0 0 0 5 0zM19 7.5l-2.5 6a2.7 2.7 0 0 0 5 0z",
  swap: "M5 9h13M14.5 5.5L18 9l-3.5 3.5M19 15H6M9.5 11.5L6 15l3.5 3.5",
  chat: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v8a2.5 2.5 0 0 1-2.5 2.5H11l-5 3.5V17A2.5 2.5 0 0 1 4 14.5z",
  article: "M7 4.5h10v15H7zM9.5 9h5M9.5 12.5h5",
  check: "M5 12.6l4.6 4.6L19 7.4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(svg.namespaceURI, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
