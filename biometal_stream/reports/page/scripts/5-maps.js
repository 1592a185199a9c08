// Heat maps: cells of [column, row], coloured by a number from 0 to 1.
function heat(columns, rows, cells, xTitle, yTitle, hue, say) {
  const category = { type: "category", axisTick: { show: false } };
  const items = cells.map(({ x, y, part, ...rest }) => ({
    value: [x, y, part],
    itemStyle: { color: hue(part) },
    ...rest,
  }));
  const series = [
    {
      type: "heatmap",
      data: items,
      progressive: 0,
      emphasis: { itemStyle: { borderColor: colour("ink"), borderWidth: 1 } },
    },
  ];
  const label = { color: colour("quiet"), fontSize: 12, hideOverlap: true };
  const option = frame(
    across(xTitle, { ...category, data: columns, axisLabel: label }),
    upward(yTitle, { ...category, data: rows, axisLabel: label, splitLine: { show: false } }),
    series,
    (found) => say(found.data),
    "item",
  );
  option.grid.left = 58;
  return { option, tall: true };
}

function places(cells, compare = (one, two) => one - two) {
  const order = [...new Set(cells)].sort(compare);
  return { order, at: new Map(order.map((each, at) => [each, at])) };
}

const oneHue = (part) => mixed(colour("low"), colour("high"), part);

function ramp(hue, low, high) {
  const stops = [0, 0.25, 0.5, 0.75, 1].map(hue).join(",");
  const bar = element("i", { class: "ramp", style: { background: `linear-gradient(90deg,${stops})` } });
  return [{ element: element("span", {}, low, bar, high) }];
}

// The hue is the share of the bases, or reads, of a column.
function density(chosen, x, last, y, counted, xTitle, yTitle, what) {
  const { columns } = chosen[0];
  const across = places(columns[x]);
  const lowest = smallest(columns[y]);
  const up = Array.from({ length: largest(columns[y]) - lowest + 1 }, (_, at) => lowest + at);
  const totals = new Map();
  columns[x].forEach((at, row) => totals.set(at, (totals.get(at) ?? 0) + columns[counted][row]));
  const ends = new Map(columns[x].map((at, row) => [at, columns[last][row]]));
  const cells = columns[x].map((at, row) => {
    const share = columns[counted][row] / totals.get(at);
    return { x: across.at.get(at), y: columns[y][row] - lowest, part: Math.sqrt(share), row, share };
  });
  const say = ({ row, share }) =>
    tip(`${xTitle} ${range(columns[x][row], columns[last][row])}, ${yTitle} ${columns[y][row]}`, [
      [null, what, inWords(columns[counted][row])],
      [null, "of this column", percent(100 * share)],
    ]);
  const made = heat(
    across.order.map((at) => range(at, ends.get(at))),
    up.map(String),
    cells,
    xTitle,
    yTitle,
    oneHue,
    say,
  );
  return { ...made, legend: ramp(oneHue, "few", "many") };
}

CHARTS.scores = {
  each: true,
  draw: (chosen) =>
    density(chosen, "first_cycle", "last_cycle", "quality", "bases", "cycle", "score", "bases"),
};
CHARTS["length-quality"] = {
  each: true,
  draw: (chosen) =>
    density(chosen, "first_length", "last_length", "quality", "reads", "length", "score", "reads"),
};

CHARTS.tiles = {
  each: true,
  draw: (chosen, all) => {
    const { columns } = chosen[0];
    const across = places(columns.first_cycle);
    const up = places(columns.tile);
    const ends = new Map(columns.first_cycle.map((at, row) => [at, columns.last_cycle[row]]));
    const most = Math.max(
      2,
      largest(all.map((each) => largest(each.columns.deviation.map((value) => Math.abs(value ?? 0))))),
    );
    const hue = (part) =>
      part < 0.5
        ? mixed(colour("warm"), colour("middle"), 2 * part)
        : mixed(colour("middle"), colour("cold"), 2 * part - 1);
    const cells = columns.tile.map((tile, row) => ({
      x: across.at.get(columns.first_cycle[row]),
      y: up.at.get(tile),
      part: 0.5 + (columns.deviation[row] ?? 0) / (2 * most),
      row,
    }));
    const say = ({ row }) =>
      tip(`Tile ${columns.tile[row]}, cycle ${range(columns.first_cycle[row], columns.last_cycle[row])}`, [
        [null, "mean score", inWords(columns.mean_quality[row])],
        [null, "less the mean of all tiles", inWords(columns.deviation[row])],
      ]);
    const made = heat(
      across.order.map((at) => range(at, ends.get(at))),
      up.order.map(String),
      cells,
      "cycle",
      "tile",
      hue,
      say,
    );
    return { ...made, legend: ramp(hue, `−${inWords(most)}`, `+${inWords(most)}`) };
  },
};
