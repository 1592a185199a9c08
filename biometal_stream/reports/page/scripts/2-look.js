// Elements, numbers in words, and colours.
function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "style") for (const [key, each] of Object.entries(value)) made.style.setProperty(key, each);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function inWords(number) {
  if (number === null || number === undefined) return "–";
  if (typeof number !== "number") return String(number);
  const digits = Math.abs(number) < 1 ? { maximumSignificantDigits: 4 } : { maximumFractionDigits: 2 };
  return number.toLocaleString("en-US", digits);
}

function inShort(number) {
  if (Math.abs(number) < 1e4) return inWords(number);
  const [size, name] = [
    [1e12, "T"],
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ].find(([least]) => Math.abs(number) >= least);
  return `${Number((number / size).toPrecision(3))} ${name}`;
}

const percent = (number) => (number === null || number === undefined ? "–" : `${inWords(number)} %`);
const range = (first, last) => (first === last ? inWords(first) : `${inWords(first)}–${inWords(last)}`);

const colours = new Map();

// A colour of the style sheet, in the present theme.
function colour(name) {
  if (!colours.has(name))
    colours.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return colours.get(name);
}

// A line's look: the colour tells the place, the dashes tell the mates.
function lineOf({ place, group }) {
  const order = PLACES.findIndex((each) => each.name === place);
  const last = order === PLACES.length - 1;
  const hue = last ? "accent" : order === 0 ? "was" : `between-${order}`;
  const dashes = { "mate 2": [6, 4], merged: [2, 3] }[group] ?? "solid";
  return { color: colour(hue), type: dashes, width: last ? 2 : 3 };
}

function swatch(style) {
  const dashed = style.type === "solid" ? "solid" : style.type[0] > 2 ? "dashed" : "dotted";
  return element("i", { style: { "border-top-color": style.color, "border-top-style": dashed } });
}

function mixed(from, to, part) {
  const [one, two] = [from, to].map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  return `rgb(${one.map((each, at) => Math.round(each + (two[at] - each) * part)).join(",")})`;
}

// What a pointer shows: a title and rows of [line, name, value].
function tip(title, rows) {
  const body = rows.map(([style, name, value]) =>
    element("tr", {}, element("th", {}, ...(style ? [swatch(style)] : []), name), element("td", {}, value)),
  );
  return element("div", { class: "tip" }, element("b", {}, title), element("table", {}, ...body));
}
