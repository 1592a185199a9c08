// Switches, tabs, the theme, the list of modules, and printing.
const figures = [...document.querySelectorAll("[data-chart]")];

const waiting = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) if (isIntersecting && !drawn.has(target)) draw(target);
  },
  { rootMargin: "300px" },
);
figures.forEach((figure) => waiting.observe(figure));

function drawAgain() {
  colours.clear();
  for (const figure of drawn.keys()) draw(figure);
}

for (const button of document.querySelectorAll("[data-switches] button")) {
  const kind = "place" in button.dataset ? "place" : "group";
  const chosen = state[`${kind}s`];
  const name = button.dataset[kind];
  button.addEventListener("click", () => {
    if (chosen.has(name) && chosen.size > 1) chosen.delete(name);
    else chosen.add(name);
    button.setAttribute("aria-pressed", String(chosen.has(name)));
    drawAgain();
    figures.filter((figure) => !drawn.has(figure)).forEach(showWords);
  });
}

for (const list of document.querySelectorAll('[role="tablist"]')) {
  const tabs = [...list.children];
  const choose = (tab) => {
    for (const each of tabs) {
      const chosen = each === tab;
      each.setAttribute("aria-selected", String(chosen));
      each.tabIndex = chosen ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = !chosen;
    }
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      const to = tabs[(next + tabs.length) % tabs.length];
      choose(to);
      to.focus();
    });
  });
}

for (const figure of figures) {
  figure
    .querySelector("details")
    .addEventListener("toggle", (event) => event.target.open && showRows(figure));
}

const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const theme = document.querySelector("[data-theme-switch]");
const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";

function showTheme() {
  theme.setAttribute("aria-pressed", String(isDark()));
  drawAgain();
}
theme.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
system.addEventListener("change", showTheme);
theme.setAttribute("aria-pressed", String(isDark()));

let width = innerWidth;
let resizing = 0;
addEventListener("resize", () => {
  if (innerWidth === width) return;
  width = innerWidth;
  clearTimeout(resizing);
  resizing = setTimeout(drawAgain, 150);
});

const links = new Map([...document.querySelectorAll(".side a")].map((link) => [link.hash.slice(1), link]));
const seen = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      links.forEach((link, name) =>
        name === target.id ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current"),
      );
    }
  },
  { rootMargin: "-20% 0px -70% 0px" },
);
for (const name of links.keys()) seen.observe(document.getElementById(name));

// On paper: all tabs, in light colours, as wide as the paper.
let before = null;
addEventListener("beforeprint", () => {
  if (before) return;
  before = { theme: root.dataset.theme, hidden: [...document.querySelectorAll('[role="tabpanel"][hidden]')] };
  before.hidden.forEach((each) => (each.hidden = false));
  root.dataset.theme = "light";
  state.paper = true;
  colours.clear();
  figures.forEach(draw);
  for (const svg of document.querySelectorAll(".canvas svg")) {
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width")} ${svg.getAttribute("height")}`);
  }
});
addEventListener("afterprint", () => {
  if (!before) return;
  before.hidden.forEach((each) => (each.hidden = true));
  if (before.theme) root.dataset.theme = before.theme;
  else delete root.dataset.theme;
  before = null;
  state.paper = false;
  drawAgain();
});
