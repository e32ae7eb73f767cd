export default /* css */ `
:host {
  all: initial;
}
:host([hidden]) {
  display: none;
}
*,
*::before,
*::after {
  box-sizing: border-box;
}
[hidden] {
  display: none !important;
}

.root {
  --accent: #0d6b63;
  --accent-text: #ffffff;
  --surface: #ffffff;
  --surface-2: #f3f6f7;
  --surface-3: #e8eef0;
  --line: #dfe6e9;
  --text: #10201f;
  --text-2: #51625f;
  --text-3: #687875;
  --link: var(--accent);
  --tint: color-mix(in srgb, var(--accent) 9%, var(--surface));
  --good: #12875a;
  --warn-surface: #fdf4e1;
  --warn-text: #7a4b00;
  --bad: #c22a2a;
  --bad-surface: #fdeeee;
  --shadow: 0 24px 64px -16px rgb(12 32 38 / 28%), 0 6px 18px -6px rgb(12 32 38 / 14%), 0 0 0 1px rgb(12 32 38 / 5%);
  --free-height: 100dvh;
  --free-top: 0px;
  --edge: 24px;

  color-scheme: light;
  color: var(--text);
  font:
    400 15px/1.55 system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    sans-serif;
  -webkit-font-smoothing: antialiased;
  -webkit-text-size-adjust: 100%;
  text-size-adjust: 100%;
  text-align: start;
}
.root:lang(zh-Hant) {
  font-family:
    system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "PingFang TC",
    "Microsoft JhengHei",
    "Noto Sans CJK TC",
    sans-serif;
}
.root:lang(ja) {
  font-family:
    system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "Hiragino Sans",
    "Yu Gothic UI",
    "Noto Sans CJK JP",
    sans-serif;
}
.root:lang(ko) {
  font-family:
    system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "Apple SD Gothic Neo",
    "Malgun Gothic",
    "Noto Sans CJK KR",
    sans-serif;
}

.root[data-theme="dark"] {
  --accent: #117a70;
  --surface: #12191b;
  --surface-2: #1b2527;
  --surface-3: #263235;
  --line: #293638;
  --text: #e8efee;
  --text-2: #a6b6b3;
  --text-3: #8b9c99;
  --link: color-mix(in srgb, var(--accent) 55%, white);
  --tint: color-mix(in srgb, var(--accent) 18%, var(--surface));
  --good: #35c48d;
  --warn-surface: #33280f;
  --warn-text: #f3cd80;
  --bad: #ff8a80;
  --bad-surface: #371a1a;
  --shadow: 0 24px 64px -12px rgb(0 0 0 / 65%), 0 0 0 1px rgb(255 255 255 / 8%);
  color-scheme: dark;
}

h2,
h3,
p,
ol,
ul {
  margin: 0;
  padding: 0;
  font: inherit;
}
ol,
ul {
  list-style: none;
}
button,
textarea {
  margin: 0;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  font: inherit;
  letter-spacing: inherit;
  text-align: inherit;
}
button {
  cursor: pointer;
  -webkit-tap-highlight-color: transparent;
  touch-action: manipulation;
}
button:disabled {
  cursor: default;
}
a {
  color: var(--link);
  text-decoration: underline;
  text-underline-offset: 2px;
  overflow-wrap: anywhere;
}
:focus {
  outline: none;
}
:focus-visible {
  outline: 2px solid var(--link);
  outline-offset: 2px;
}

.icon {
  display: block;
  inline-size: 22px;
  block-size: 22px;
  flex: none;
  fill: none;
  stroke: currentColor;
  stroke-width: 1.7;
  stroke-linecap: round;
  stroke-linejoin: round;
}
.hidden-text {
  position: absolute !important;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}

.launcher {
  position: fixed;
  z-index: 2147483000;
  inset-block-end: calc(var(--edge) + env(safe-area-inset-bottom));
  display: grid;
  place-items: center;
  inline-size: 58px;
  block-size: 58px;
  border-radius: 50%;
  background: var(--accent);
  color: var(--accent-text);
  box-shadow:
    0 10px 28px -6px rgb(8 40 40 / 45%),
    0 2px 6px rgb(8 40 40 / 18%);
  transition:
    transform 0.18s ease,
    box-shadow 0.18s ease;
}
[data-position="right"] .launcher {
  right: calc(var(--edge) + env(safe-area-inset-right));
}
[data-position="left"] .launcher {
  left: calc(var(--edge) + env(safe-area-inset-left));
}
.launcher:hover {
  transform: translateY(-2px);
}
.launcher:focus-visible {
  outline-offset: 3px;
}
.launcher .icon {
  grid-area: 1 / 1;
  inline-size: 27px;
  block-size: 27px;
  transition:
    opacity 0.18s ease,
    transform 0.18s ease;
}
.launcher .icon-down,
.open .launcher .icon-chat {
  opacity: 0;
  transform: scale(0.6) rotate(-30deg);
}
.open .launcher .icon-down {
  opacity: 1;
  transform: none;
}
.badge {
  position: absolute;
  inset-block-start: -4px;
  inset-inline-end: -4px;
  min-inline-size: 22px;
  block-size: 22px;
  padding-inline: 6px;
  border-radius: 11px;
  background: #d92d2d;
  color: #fff;
  font-size: 12px;
  font-weight: 600;
  line-height: 22px;
  text-align: center;
  font-variant-numeric: tabular-nums;
  box-shadow: 0 0 0 2px var(--surface);
}

@media (max-width: 479.98px) {
  .root {
    --edge: 16px;
  }
  .open .launcher {
    display: none;
  }
}
@media (prefers-reduced-motion: reduce) {
  *,
  *::before,
  *::after {
    animation: none !important;
    transition: none !important;
  }
}
@media (forced-colors: active) {
  .launcher,
  .panel,
  .bubble,
  .reply,
  .rate,
  .field {
    border: 1px solid;
  }
  .icon {
    stroke: currentColor;
  }
}
@media print {
  .root {
    display: none;
  }
}
`;
