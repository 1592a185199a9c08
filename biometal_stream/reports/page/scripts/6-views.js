// Draws figures when they come into view, and again when a switch or the theme changes.
const drawn = new Map();
const PAPER = 680;

function draw(figure) {
  const { chart: name, table } = figure.dataset;
  const chosen = selections(table);
  const holder = figure.querySelector("[data-panels]");
  for (const each of drawn.get(figure) ?? []) each.dispose();
  holder.replaceChildren();
  const groups = CHARTS[name].each ? chosen.map((each) => [each]) : chosen.length ? [chosen] : [];
  holder.style.setProperty("--across", groups.length > 1 ? 2 : 1);
  const legends = [];
  drawn.set(
    figure,
    groups.map((group) => {
      const made = CHARTS[name].draw(group, chosen);
      legends.push(made.legend ?? []);
      return panel(holder, figure, group, made, groups.length > 1 ? 2 : 1);
    }),
  );
  figure.querySelector("[data-legend]").replaceChildren(...legend(legends, groups.length));
  showWords(figure);
}

function legend(legends, panels) {
  const named = new Map(legends.flat().map((each) => [each.element?.textContent ?? each.name, each]));
  if (named.size < 2 && panels < 2 && ![...named.values()].some((each) => each.element || !each.style))
    return [];
  return [...named.values()].map(
    (each) => each.element ?? element("span", {}, ...(each.style ? [swatch(each.style)] : []), each.name),
  );
}

// A chart of its own; `columns` is how many stand side by side.
function panel(holder, figure, group, made, columns) {
  const title = group.map(nameOf).join("; ");
  const heading = figure.closest("section").querySelector("h2").textContent;
  const canvas = element("div", {
    class: made.tall ? "canvas tall" : "canvas",
    role: "img",
    tabindex: "0",
    "aria-label": `${heading}. ${group.map((each) => wordsOf(figure, each)).join(" ")} Arrow keys read points, plus and minus zoom, Escape shows all.`,
  });
  const buttons = ["+", "−", "all"].map((name, at) =>
    element(
      "button",
      { type: "button", tabindex: "-1", title: ["Zoom in", "Zoom out", "Show all"][at] },
      name,
    ),
  );
  const box = element(
    "div",
    { class: "panel" },
    ...(columns > 1 ? [element("p", {}, title)] : []),
    canvas,
    element("div", { class: "zoom" }, ...buttons),
  );
  holder.append(box);
  const chart = echarts.init(canvas, null, {
    renderer: "svg",
    width: state.paper ? PAPER / columns : canvas.clientWidth || 640,
    height: canvas.clientHeight || 260,
  });
  chart.setOption(made.option);
  if (made.option.tooltip.trigger === "axis" && CHARTS[figure.dataset.chart].each) {
    chart.group = figure.dataset.chart;
    echarts.connect(chart.group);
  }
  const zoom = zooming(chart, canvas);
  buttons.forEach((button, at) =>
    button.addEventListener("click", () => [() => zoom.by(0.5), () => zoom.by(2), zoom.all][at]()),
  );
  canvas.addEventListener("keydown", keys(chart, zoom, made.option));
  return chart;
}

const wordsOf = (figure, { place, group }) =>
  [...figure.querySelectorAll("li[data-place]")]
    .find((each) => each.dataset.place === place && each.dataset.group === group)
    ?.textContent.trim() ?? "";

function zooming(chart, canvas) {
  let [start, end] = [0, 100];
  const show = (from, to) => {
    [start, end] = [Math.max(0, from), Math.min(100, to)];
    chart.dispatchAction({ type: "dataZoom", start, end });
  };
  const by = (factor) => {
    const half = Math.max(0.5, ((end - start) / 2) * factor);
    show((start + end) / 2 - half, (start + end) / 2 + half);
  };
  const all = () => show(0, 100);
  chart.on("datazoom", (event) => {
    const zoomed = event.batch?.[0] ?? event;
    if (zoomed.start !== undefined) [start, end] = [zoomed.start, zoomed.end];
  });
  canvas.addEventListener("dblclick", all);
  canvas.addEventListener("pointerdown", (down) => {
    if (down.pointerType !== "mouse" || down.button || down.shiftKey) return;
    const { left, width } = canvas.getBoundingClientRect();
    const grid = chart.getOption().grid[0];
    const inside = (x) => Math.min(Math.max(x - left, grid.left), width - grid.right);
    const from = inside(down.clientX);
    const brush = element("div", { class: "brush" });
    const move = (event) => {
      const to = inside(event.clientX);
      brush.style.left = `${Math.min(from, to)}px`;
      brush.style.width = `${Math.abs(to - from)}px`;
      if (Math.abs(to - from) > 4 && !brush.isConnected) canvas.append(brush);
    };
    const up = (event) => {
      document.removeEventListener("pointermove", move);
      document.removeEventListener("pointerup", up);
      const to = inside(event.clientX);
      brush.remove();
      if (Math.abs(to - from) < 8) return;
      const part = (x) => start + ((end - start) * (x - grid.left)) / (width - grid.left - grid.right);
      show(part(Math.min(from, to)), part(Math.max(from, to)));
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", up);
  });
  return { by, all };
}

function keys(chart, zoom, option) {
  const points = option.series[0]?.data.length ?? 0;
  let at = -1;
  return (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1, PageDown: 10, PageUp: -10, Home: -points, End: points };
    if (event.key in steps && points) {
      at = Math.min(points - 1, Math.max(0, at + steps[event.key]));
      chart.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
      const shown = event.currentTarget.querySelector(".tip");
      if (shown)
        say(
          [...shown.querySelectorAll("b, tr")]
            .map((each) => [...each.childNodes].map((node) => node.textContent).join(" "))
            .join(", "),
        );
    } else if (event.key === "+" || event.key === "=") zoom.by(0.5);
    else if (event.key === "-") zoom.by(2);
    else if (event.key === "Escape") {
      zoom.all();
      chart.dispatchAction({ type: "hideTip" });
    } else return;
    event.preventDefault();
  };
}

function say(text) {
  document.querySelector("[data-status]").textContent = text;
}

// The words under a figure are those of the reads that are shown.
function showWords(figure) {
  for (const item of figure.querySelectorAll("li[data-place]")) {
    const { place, group } = item.dataset;
    item.hidden = !state.places.has(place) || !(state.groups.has(group) || group === "pairs");
  }
  if (figure.querySelector("details").open) showRows(figure);
}

const MOST_ROWS = 2000;

function showRows(figure) {
  const chosen = selections(figure.dataset.table);
  const names = Object.keys(chosen[0]?.columns ?? {});
  const several = PLACES.length > 1 || state.groups.size > 1;
  const heads = [...(several ? ["reads"] : []), ...names].map((name) =>
    element("th", { scope: "col" }, name.replaceAll("_", " ")),
  );
  const rows = [];
  let count = 0;
  for (const each of chosen) {
    each.columns[names[0]].forEach((_, row) => {
      if ((count += 1) > MOST_ROWS) return;
      const cells = names.map((name) => element("td", {}, String(each.columns[name][row] ?? "–")));
      rows.push(element("tr", {}, ...(several ? [element("td", {}, nameOf(each))] : []), ...cells));
    });
  }
  const table = element(
    "table",
    { class: "data" },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
  const more =
    count > MOST_ROWS
      ? [
          element(
            "p",
            { class: "about" },
            `${inWords(MOST_ROWS)} rows of ${inWords(count)}. The JSON of the report has all of them.`,
          ),
        ]
      : [];
  figure.querySelector("[data-rows]").replaceChildren(table, ...more);
}
