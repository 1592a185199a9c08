// The numbers of the page: an array of places, each with its tables by columns.
const PLACES = JSON.parse(document.getElementById("data").textContent);

// A column is an array, the name of an earlier one that it equals, or written as value, times, value, times ...;
// or so are its differences.
function unpacked(column) {
  if (Array.isArray(column)) return column;
  const runs = column.runs ?? column.steps;
  const cells = [];
  for (let at = 0; at < runs.length; at += 2) {
    for (let times = runs[at + 1]; times > 0; times -= 1) cells.push(runs[at]);
  }
  let total = 0;
  return column.steps ? cells.map((step) => (total += step)) : cells;
}

for (const { tables } of PLACES) {
  for (const groups of Object.values(tables)) {
    for (const columns of Object.values(groups)) {
      for (const [name, column] of Object.entries(columns)) {
        columns[name] = typeof column === "string" ? columns[column] : unpacked(column);
      }
    }
  }
}

// All groups of reads of a table that are shown, one for each place and group.
function selections(table) {
  const found = [];
  for (const { name: place, groups, tables } of PLACES) {
    if (!state.places.has(place)) continue;
    for (const group of groups) {
      const columns = tables[table]?.[group];
      if (columns && (state.groups.has(group) || group === "pairs")) found.push({ place, group, columns });
    }
  }
  return found;
}

// What the switches at the top have chosen.
const state = {
  places: new Set(PLACES.map((each) => each.name)),
  groups: new Set(PLACES.flatMap((each) => each.groups).filter((group) => group !== "pairs")),
  paper: false,
};

function nameOf({ place, group }) {
  const parts = [];
  if (PLACES.length > 1) parts.push(place);
  if (group !== "reads" || !parts.length) parts.push(group);
  return parts.join(", ");
}

const sum = (numbers) => numbers.reduce((total, each) => total + (each ?? 0), 0);
const largest = (numbers) => numbers.reduce((most, each) => Math.max(most, each ?? -Infinity), -Infinity);
const smallest = (numbers) => numbers.reduce((least, each) => Math.min(least, each ?? Infinity), Infinity);
