// The numbers of the page: an array of places, each with its tables by columns.
const PLACES = JSON.parse(document.getElementById("data").textContent);
const READS = ["reads", "mate 1", "mate 2", "merged"];

const taken = new Map();

// The columns of a table, for one group of reads at one place; null without rows.
function columnsOf(place, table, group) {
  const key = JSON.stringify([place, table, group]);
  if (!taken.has(key)) taken.set(key, take(place, table, group));
  return taken.get(key);
}

function take(place, table, group) {
  const found = PLACES.find((each) => each.name === place)?.tables[table];
  if (!found) return null;
  const rows = [];
  found.group.forEach((each, row) => each === group && rows.push(row));
  if (!rows.length) return null;
  return Object.fromEntries(
    Object.entries(found).map(([name, cells]) => [name, rows.map((row) => cells[row])]),
  );
}

// All groups of reads of a table that are shown, one for each place and group.
function selections(table) {
  const found = [];
  for (const { name: place, groups } of PLACES) {
    if (!state.places.has(place)) continue;
    for (const group of groups) {
      const columns = columnsOf(place, table, group);
      if (columns && (state.groups.has(group) || group === "pairs")) found.push({ place, group, columns });
    }
  }
  return found;
}

// What the switches at the top have chosen.
const state = {
  places: new Set(PLACES.map((each) => each.name)),
  groups: new Set(PLACES.flatMap((each) => each.groups)),
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
