// What is known of the chosen cell and place: courses of the months, contributions, drivers.

const MONTHLY = [["ndvi", "ndvi/monthly/{year}"], ["npp", "npp/monthly/{year}"]];
const LINES = { cell: "#0b6e4f", place: "#d55e00", area: "#8a949d" };
let asked = 0; // only the answer to the last question is shown

async function courseAt(layer, column, row) {
  const values = [];
  for (let time = 0; time < layer.times.length; time++) values.push(await valueAt(layer, time, column, row));
  return values;
}

// Values of a place by the dates of a layer.
function courseOf(months, quantity, layer) {
  const by = new Map(months.month?.map((month, i) => [month, months[quantity][i]]));
  return layer.times.map((time) => by.get(time) ?? null);
}

async function contributionsAt(column, row) {
  const bars = [];
  for (const category of data.categories) {
    const layer = layers.get(`attribution/actual_contribution#${category.name}`);
    if (!layer) continue;
    const error = layers.get(layer.error);
    const value = await valueAt(layer, 0, column, row);
    bars.push({ name: say(category.name), colour: category.colour, value, error: error ? await valueAt(error, 0, column, row) : 0 });
  }
  return bars;
}

async function driverRows(column, row) {
  const rows = [];
  for (const layer of data.layers.filter((each) => each.drivers)) {
    rows.push(make("tr", {}, make("td", {}, layerName(layer)), make("td", { class: "number" }, await valueInWords(layer, 0, column, row))));
  }
  return rows;
}

// Draw all that is known of a cell {column, row} and a place; either may be null.
async function showDetails(cell, place) {
  const question = ++asked;
  const box = document.getElementById("details");
  const drawn = make("div", { class: "charts" });
  const names = [];
  if (cell) names.push([say("chosen cell"), LINES.cell]);
  if (place) names.push([place.name, LINES.place]);
  names.push([say("study area"), LINES.area]);
  const width = chartWidth(box.clientWidth);
  for (const [quantity, id] of MONTHLY) {
    const layer = layers.get(id);
    if (!layer) continue;
    const lines = [{ colour: LINES.area, values: courseOf(data.area.months, quantity, layer) }];
    if (place) lines.push({ colour: LINES.place, values: courseOf(place.months, quantity, layer) });
    if (cell) lines.push({ colour: LINES.cell, values: await courseAt(layer, cell.column, cell.row) });
    lineChart(drawn, withUnit(layer.title, layer.unit), layer.times, lines, width);
  }
  const layer = data.layers.find((each) => each.id.startsWith("attribution/actual_contribution#"));
  if (layer && (cell || place)) {
    const bars = cell ? await contributionsAt(cell.column, cell.row)
      : data.categories.map((each) => ({ name: say(each.name), colour: each.colour, value: place.contributions[each.name] ?? null }));
    const whose = cell ? say("chosen cell") : place.name;
    barChart(drawn, `${withUnit(layer.title, layer.unit)}${say(", ")}${whose}`, bars, width);
  }
  if (cell) {
    const rows = await driverRows(cell.column, cell.row);
    if (rows.length) drawn.append(make("figure", { class: "chart wide" }, make("figcaption", {}, say("Drivers, chosen cell")), make("table", {}, make("tbody", {}, ...rows))));
  }
  if (question !== asked) return;
  const keys = names.map(([name, colour]) => {
    const swatch = make("i", { class: "stroke" });
    swatch.style.background = colour;
    return make("span", {}, swatch, name);
  });
  const where = cell ? make("p", { class: "fine" }, placeInWords(cell.column, cell.row)) : "";
  box.replaceChildren(make("p", { class: "keys" }, ...keys), where, drawn);
}

function chartWidth(room) {
  return room > 900 ? Math.floor((room - 32) / 3) : room > 620 ? Math.floor((room - 16) / 2) : Math.max(room, 240);
}

function withUnit(name, unit) {
  return unit ? `${name} [${unit}]` : name;
}
