// The charts by name. `each`: one for each group of reads; otherwise all groups are on one.
const LETTERS = ["a", "c", "g", "t"];
const CHARTS = {};

const scoreAxis = (chosen) =>
  upward("score", {
    min: 0,
    max: Math.max(
      40,
      Math.ceil(largest(chosen.map(({ columns }) => largest(columns.percentile_90 ?? columns.mean_quality)))),
    ),
  });

CHARTS["mean-quality"] = {
  draw: (chosen) =>
    lines(
      byCycle(chosen, (columns, row) => columns.mean_quality[row]),
      positions("cycle", lastCycle(chosen)),
      upward("mean score", { min: 0, max: scoreAxis(chosen).max }),
      cycleOf,
      (point) => inWords(point[1]),
    ),
};

CHARTS.band = {
  each: true,
  draw: (chosen, all) => {
    const { columns } = chosen[0];
    const style = { color: colour("accent"), type: "solid", width: 2 };
    const at = (name) => columns.first_cycle.map((first, row) => [first, columns[name][row], row]);
    const between = (low, high, opacity) => [
      { type: "line", data: at(low), stack: low, symbol: "none", lineStyle: { opacity: 0 }, silent: true },
      {
        type: "line",
        stack: low,
        symbol: "none",
        lineStyle: { opacity: 0 },
        silent: true,
        data: columns.first_cycle.map((first, row) => [first, columns[high][row] - columns[low][row]]),
        areaStyle: { color: style.color, opacity },
      },
    ];
    const mean = {
      type: "line",
      data: at("mean_quality"),
      symbol: "circle",
      showSymbol: columns.first_cycle.length === 1,
      lineStyle: style,
      itemStyle: { color: style.color },
      emphasis: { disabled: true },
    };
    const formatter = (found) => {
      const row = found.find((each) => each.seriesIndex === 0).value[2];
      const named = [
        ["mean", "mean_quality"],
        ["90th percentile", "percentile_90"],
        ["upper quartile", "upper_quartile"],
        ["median", "median"],
        ["lower quartile", "lower_quartile"],
        ["10th percentile", "percentile_10"],
      ];
      return tip(
        cycleOf([columns.first_cycle[row], 0, columns.last_cycle[row]]),
        named.map(([name, column]) => [null, name, inWords(columns[column][row])]),
      );
    };
    const series = [
      mean,
      ...between("percentile_10", "percentile_90", 0.14),
      ...between("lower_quartile", "upper_quartile", 0.28),
    ];
    return { option: frame(positions("cycle", lastCycle(all)), scoreAxis(all), series, formatter) };
  },
};

function perLetter(names, column) {
  return (chosen) =>
    names.map((letter) => ({
      name: letter.toUpperCase(),
      style: { color: colour(`base-${letter}`), type: "solid", width: 2 },
      points: chosen[0].columns.first_cycle.map((first, row) => [
        first,
        column(chosen[0].columns, row, letter),
        chosen[0].columns.last_cycle[row],
      ]),
    }));
}

CHARTS.letters = {
  each: true,
  draw: (chosen, all) =>
    lines(
      perLetter(LETTERS, (columns, row, letter) => columns[`quality_${letter}`][row])(chosen),
      positions("cycle", lastCycle(all)),
      scoreAxis(all),
      cycleOf,
      (point) => inWords(point[1]),
    ),
};

const shareOf = (columns, row, letter) => {
  const all = sum(LETTERS.map((each) => columns[each][row]));
  return all ? (100 * columns[letter][row]) / all : null;
};

CHARTS.content = {
  each: true,
  draw: (chosen, all) => {
    const most = largest(
      all.flatMap(({ columns }) =>
        LETTERS.map((letter) => largest(columns.first_cycle.map((_, row) => shareOf(columns, row, letter)))),
      ),
    );
    return lines(
      perLetter(LETTERS, shareOf)(chosen),
      positions("cycle", lastCycle(all)),
      upward("% of A, C, G and T", { min: 0, max: Math.min(100, Math.max(50, 10 * Math.ceil(most / 10))) }),
      cycleOf,
      (point) => percent(point[1]),
    );
  },
};

CHARTS.n = {
  draw: (chosen) => {
    const series = byCycle(chosen, (columns, row) =>
      columns.bases[row] ? (100 * columns.n[row]) / columns.bases[row] : null,
    );
    const most = largest(series.flatMap(({ points }) => points.map((point) => point[1])));
    return lines(
      series,
      positions("cycle", lastCycle(chosen)),
      upward("% N", { min: 0, max: most > 5 ? null : 5 }),
      cycleOf,
      (point) => percent(point[1]),
    );
  },
};

CHARTS["read-quality"] = { draw: (chosen) => counts(chosen, "quality", "reads", "mean score", "reads") };
CHARTS.lengths = { draw: (chosen) => counts(chosen, "length", "reads", "length", "reads") };
CHARTS.inserts = { draw: (chosen) => counts(chosen, "insert_size", "pairs", "insert size", "pairs") };

CHARTS.gc = {
  draw: (chosen) => {
    const found = chosen.map((each) => ({
      name: nameOf(each),
      style: lineOf(each),
      points: each.columns.gc_percent.map((at, row) => [at, each.columns.reads[row]]),
      ...HISTOGRAM,
    }));
    const models = chosen.map((each) => ({
      name: `${nameOf(each)}, model`,
      style: { ...lineOf(each), width: 1 },
      points: each.columns.gc_percent.map((at, row) => [at, each.columns.theoretical[row]]),
    }));
    const made = lines(
      [...found, ...models],
      across("GC (%)", { min: 0, max: 100 }),
      upward("reads", { min: 0 }),
      (point) => `${inWords(point[0])} % GC`,
      (point) => inWords(point[1]),
    );
    return { ...made, legend: [...found, { name: "thin: normal distribution", style: null }] };
  },
};

// Charts of named steps on an axis: levels of duplication, and labels.
function named(chosen, key, counted, title, value, more = {}) {
  const names = [...new Set(chosen.flatMap(({ columns }) => columns[key]))];
  const series = chosen.map((each) => {
    const row = new Map(each.columns[key].map((name, at) => [name, at]));
    return {
      name: nameOf(each),
      style: lineOf(each),
      data: names.map((name) => (row.has(name) ? each.columns[counted][row.get(name)] : null)),
    };
  });
  const drawn = series.map(({ name, style, data }) => ({
    type: more.bars ? "bar" : "line",
    name,
    data,
    lineStyle: style,
    itemStyle: { color: style.color, opacity: style.type === "solid" ? 1 : 0.6 },
    symbolSize: 5,
    emphasis: { disabled: true },
    barMaxWidth: 28,
  }));
  const formatter = (found) =>
    tip(
      `${more.at ?? ""}${found[0].name}`,
      found.map((each) => [series[each.seriesIndex].style, each.seriesName, value(each.value)]),
    );
  const xAxis = across(more.below ?? "", {
    type: "category",
    data: names,
    axisLabel: {
      color: colour("quiet"),
      fontSize: 12,
      overflow: "truncate",
      width: Math.max(60, 640 / names.length),
      ...(names.length > 10 ? { hideOverlap: true } : { interval: 0 }),
    },
  });
  return { option: frame(xAxis, upward(title, { min: 0, ...more.yAxis }), drawn, formatter), legend: series };
}

CHARTS.copies = {
  draw: (chosen) =>
    named(chosen, "label", "percent_of_total", "% of reads", percent, {
      below: "copies",
      at: "Copies: ",
      yAxis: { max: 100 },
    }),
};
CHARTS.distinct = {
  draw: (chosen) =>
    named(chosen, "label", "percent_of_distinct", "% of distinct sequences", percent, {
      below: "copies",
      at: "Copies: ",
      yAxis: { max: 100 },
    }),
};

const HUES = ["accent", "base-t", "base-g", "base-c", "base-a", "was"];

// Lines of one table by the names in a column: adapters, labels.
function perName(columns, key, point) {
  const rows = new Map();
  columns[key].forEach((name, row) => rows.set(name, [...(rows.get(name) ?? []), row]));
  return [...rows].map(([name, some], at) => ({
    name,
    style: { color: colour(HUES[at % HUES.length]), type: at < HUES.length ? "solid" : [6, 4], width: 2 },
    points: some.map((row) => point(columns, row)),
  }));
}

const MOST_ADAPTERS = 6;

// The adapters of all panels, the most frequent first, so that each has one colour.
function adaptersFound(all) {
  const most = new Map();
  for (const { columns } of all) {
    columns.adapter.forEach((name, row) =>
      most.set(name, Math.max(most.get(name) ?? 0, columns.percent[row])),
    );
  }
  const found = [...most].filter(([, share]) => share > 0).sort((one, two) => two[1] - one[1]);
  return found.slice(0, MOST_ADAPTERS).map(([name]) => name);
}

CHARTS.adapters = {
  each: true,
  draw: (chosen, all) => {
    const names = adaptersFound(all);
    const { columns } = chosen[0];
    const series = names.map((name, at) => ({
      name,
      style: { color: colour(HUES[at]), type: "solid", width: 2 },
      points: columns.first_cycle
        .map((first, row) => [first, columns.percent[row], columns.last_cycle[row], columns.adapter[row]])
        .filter((point) => point[3] === name),
    }));
    const most = largest(all.map((each) => largest(each.columns.percent)));
    const top = Math.min(100, Math.max(5, 5 * Math.ceil(most / 5)));
    const xAxis = positions("cycle", lastCycle(all));
    const made = lines(series, xAxis, upward("% of reads", { min: 0, max: top }), cycleOf, (point) =>
      percent(point[1]),
    );
    return names.length ? made : { ...made, legend: [{ name: "no adapters were found", style: null }] };
  },
};

const hourly = (counted, title, more = {}) => ({
  draw: (chosen) => {
    const series = chosen.map((each) => ({
      name: nameOf(each),
      style: lineOf(each),
      points: each.columns.hour.map((hour, row) => [hour, each.columns[counted][row]]),
    }));
    const last = largest(chosen.map(({ columns }) => largest(columns.hour)));
    return lines(
      series,
      across("hour", { min: 0, max: Math.max(1, last), minInterval: 1 }),
      upward(title, { min: 0, ...more }),
      (point) => `Hour ${inWords(point[0])}`,
      (point) => inWords(point[1]),
    );
  },
});
CHARTS["hours-quality"] = hourly("mean_quality", "mean score");
CHARTS["hours-bases"] = hourly("bases", "bases");
CHARTS["hours-reads"] = hourly("reads", "reads");

// Channels are points: neighbours have nothing in common.
const channelled = (counted, title) => ({
  draw: (chosen) => {
    const series = chosen.map((each) => ({
      name: nameOf(each),
      style: { ...lineOf(each), width: 0 },
      points: each.columns.channel.map((channel, row) => [channel, each.columns[counted][row]]),
      dots: true,
    }));
    const ends = chosen.map(({ columns }) => [smallest(columns.channel), largest(columns.channel)]);
    const [first, last] = [smallest(ends.map((end) => end[0])), largest(ends.map((end) => end[1]))];
    return lines(
      series,
      across("channel", { min: first, max: Math.max(last, first + 1), minInterval: 1 }),
      upward(title, { min: 0 }),
      (point) => `Channel ${inWords(point[0])}`,
      (point) => inWords(point[1]),
    );
  },
});
CHARTS.channels = channelled("bases", "bases");
CHARTS["channels-quality"] = channelled("mean_quality", "mean score");

// Columns that steps added: the text of a column and of a label names a row.
const MOST_LABELS = 20;
const withNames = ({ columns, ...rest }) => {
  const several = new Set(columns.column).size > 1;
  return {
    ...rest,
    columns: {
      ...columns,
      name: columns.column.map((column, row) =>
        several ? `${column}: ${columns.label[row]}` : String(columns.label[row]),
      ),
    },
  };
};

CHARTS.labels = {
  draw: (chosen) => {
    const first = chosen.map(({ columns, ...rest }) => ({
      ...rest,
      columns: Object.fromEntries(
        Object.entries(columns).map(([name, cells]) => [name, cells.slice(0, MOST_LABELS)]),
      ),
    }));
    return named(first.map(withNames), "name", "reads", "reads", inWords, { bars: true });
  },
};

CHARTS["label-scores"] = {
  each: true,
  draw: (chosen) => {
    const series = perName(withNames(chosen[0]).columns, "name", (columns, row) => [
      columns.first_score[row],
      columns.reads[row],
      columns.last_score[row],
    ])
      .slice(0, MOST_LABELS)
      .map((each) => ({
        ...each,
        step: "end",
        points: [...each.points, [each.points.at(-1)[2], 0, each.points.at(-1)[2]]],
      }));
    return lines(
      series,
      across("score"),
      upward("reads", { min: 0 }),
      (point) => `Score ${inWords(point[0])}–${inWords(point[2])}`,
      (point) => inWords(point[1]),
    );
  },
};

CHARTS.calibration = {
  each: true,
  draw: (chosen) => {
    const series = perName(withNames(chosen[0]).columns, "name", (columns, row) => [
      columns.mean_score[row],
      columns.correct[row],
    ]).slice(0, MOST_LABELS);
    const diagonal = {
      name: "score = share right",
      style: { color: colour("was"), type: "solid", width: 1 },
      points: [
        [0, 0],
        [1, 1],
      ],
    };
    return lines(
      [...series, diagonal],
      across("mean score", { min: 0, max: 1 }),
      upward("share right", { min: 0, max: 1 }),
      (point) => `Score ${inWords(point[0])}`,
      (point) => inWords(point[1]),
    );
  },
};
