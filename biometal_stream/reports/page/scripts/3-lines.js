// Charts of lines. Each draws some series: {name, style, points: [x, y, ...], say}.
const HISTOGRAM = { area: true };
const isLong = (last) => last > 1000;

function axis(title, more = {}) {
  return {
    type: "value",
    name: title,
    nameTextStyle: { color: colour("quiet"), fontSize: 12 },
    axisLabel: { color: colour("quiet"), fontSize: 12, hideOverlap: true, formatter: inShort },
    axisLine: { show: false, lineStyle: { color: colour("line") } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: colour("grid") } },
    ...more,
  };
}

function across(title, more = {}) {
  return axis(title, {
    nameLocation: "middle",
    nameGap: 26,
    axisLine: { show: true, lineStyle: { color: colour("line") } },
    splitLine: { show: false },
    ...more,
  });
}

function upward(title, more = {}) {
  return axis(title, {
    nameLocation: "end",
    nameGap: 12,
    nameTextStyle: { color: colour("quiet"), fontSize: 12, align: "left", padding: [0, 0, 0, -44] },
    ...more,
  });
}

function frame(xAxis, yAxis, series, formatter, trigger = "axis") {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 48, right: 14, top: 30, bottom: 42, outerBoundsMode: "none" },
    xAxis,
    yAxis,
    series,
    tooltip: {
      trigger,
      confine: true,
      transitionDuration: 0,
      backgroundColor: colour("card"),
      borderColor: colour("line"),
      padding: [6, 10],
      textStyle: { color: colour("ink") },
      axisPointer: {
        type: "line",
        lineStyle: { color: colour("quiet"), type: "solid" },
        label: { show: false },
      },
      formatter,
    },
    dataZoom: [
      {
        type: "inside",
        filterMode: "none",
        zoomOnMouseWheel: "ctrl",
        moveOnMouseMove: "shift",
        moveOnMouseWheel: false,
        preventDefaultMouseMove: false,
      },
    ],
  };
}

// A chart of lines on a number axis. `at` writes the x of a point in words.
function lines(series, xAxis, yAxis, at, value) {
  const drawn = series.map(({ name, style, points, area, step, dots }) => ({
    type: "line",
    name,
    data: points,
    step: step ?? false,
    symbol: "circle",
    symbolSize: dots ? 4 : 5,
    showSymbol: dots || points.length === 1,
    lineStyle: style,
    itemStyle: { color: style.color },
    areaStyle: area ? { color: style.color, opacity: 0.08 } : undefined,
    emphasis: { disabled: true },
  }));
  const formatter = (found) => {
    const hit = found.filter((each) => each.value[1] !== null);
    if (!hit.length) return "";
    return tip(
      at(hit[0].value),
      hit.map((each) => [series[each.seriesIndex].style, each.seriesName, value(each.value)]),
    );
  };
  return { option: frame(xAxis, yAxis, drawn, formatter), legend: series };
}

// The axis of cycles, or of lengths, is logarithmic for long reads.
function positions(title, last, first = 1) {
  if (!isLong(last)) return across(title, { min: first, max: Math.max(last, first + 1), minInterval: 1 });
  const least = Math.max(1, first);
  const ticks = [];
  for (let power = 1; power <= last; power *= 10) ticks.push(power, 2 * power, 5 * power);
  const shown = ticks.filter((tick) => tick >= least && tick <= last);
  const made = across(title, { type: "log", min: least, max: last });
  return {
    ...made,
    axisTick: { show: true, customValues: shown },
    axisLabel: { ...made.axisLabel, customValues: shown },
  };
}

const cycleOf = (point) => `Cycle ${range(point[0], point[2] ?? point[0])}`;

function byCycle(chosen, column) {
  return chosen.map((each) => ({
    name: nameOf(each),
    style: lineOf(each),
    points: each.columns.first_cycle.map((first, row) => [
      first,
      column(each.columns, row),
      each.columns.last_cycle[row],
    ]),
  }));
}

const lastCycle = (chosen) => largest(chosen.map((each) => largest(each.columns.last_cycle)));

// Counts on an axis, with a zero where neighbours are missing; in ranges for long reads.
function counts(chosen, key, counted, title, what) {
  const last = largest(chosen.map(({ columns }) => largest(columns[key])));
  const first = smallest(chosen.map(({ columns }) => smallest(columns[key])));
  const series = chosen.map((each) => ({
    name: nameOf(each),
    style: lineOf(each),
    points: withZeros(each.columns, key, counted),
    step: isLong(last) ? "end" : undefined,
    ...HISTOGRAM,
  }));
  const room = isLong(last) ? 0 : Math.max(1, Math.round((last - first) / 40));
  const at = (point) => `${title} ${range(point[0], point[2] ?? point[0])}`;
  return lines(
    series,
    positions(title, last + room, Math.max(0, first - room)),
    upward(what, { min: 0 }),
    at,
    (point) => inWords(point[1]),
  );
}

function withZeros(columns, key, counted) {
  const points = [];
  const long = isLong(columns[key].at(-1));
  columns[key].forEach((key, row) => {
    const at = long ? Math.max(1, key) : key;
    const end = columns.last?.[row] ?? at;
    const before = points.length ? points[points.length - 1] : null;
    if (!before || at > before[2] + 1) {
      if (before) points.push([before[2] + 1, 0, before[2] + 1]);
      if (at > 0 && (!before || at - 1 > before[2] + 1)) points.push([at - 1, 0, at - 1]);
    }
    points.push([at, columns[counted][row], end]);
  });
  const final = points[points.length - 1];
  points.push([final[2] + 1, 0, final[2] + 1]);
  return points;
}
