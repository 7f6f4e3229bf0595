// Layers: their values and colours, the lists that choose them, their legends.

const layers = new Map(data.layers.map((layer) => [layer.id, layer]));
const reliefLayer = layers.get("grid/elevation") ?? data.layers[0];
const pictures = new Map();
const MOST_PICTURES = 12; // kept for a quick return to them

function layerName(layer) {
  return layer.band ? `${layer.title}${say(": ")}${say(layer.band)}` : layer.title;
}

function sliceOf(layer, time) {
  return layer.slices[layer.times ? time : 0];
}

// File of a layer at a date, next to the page.
function fileOf(layer, time) {
  return `maps/${sliceOf(layer, time)[0]}.tif`;
}

// Which date of a layer goes with a date of another one: the same, its year, or the last.
function timeLike(layer, label) {
  if (!layer.times || label === null) return 0;
  const same = layer.times.indexOf(label);
  const year = layer.times.findIndex((time) => time.slice(0, 4) === label.slice(0, 4));
  return same >= 0 ? same : year >= 0 ? year : layer.times.length - 1;
}

// Value of a layer at a place in cells of the grid; null where missing.
async function valueAt(layer, time, column, row) {
  const thinned = data.grids[layer.step];
  const x = Math.floor(column / layer.step), y = Math.floor(row / layer.step);
  if (x < 0 || y < 0 || x >= thinned.columns || y >= thinned.rows) return null;
  const [id, band] = sliceOf(layer, time);
  const code = (await codesOf(id))[band][y * thinned.columns + x];
  return code ? (code - 1 + data.packs[id].low) * 10 ** layer.power : null;
}

function written(value, digits) {
  const shown = Math.abs(value) < 0.5 * 10 ** -digits ? 0 : value; // no minus sign before 0
  return shown.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replace("-", "−");
}

// Value in words: the class with how certain it is, or the number with its error and unit.
async function valueInWords(layer, time, column, row) {
  const value = await valueAt(layer, time, column, row);
  if (value === null) return "–";
  const error = layer.error && layers.get(layer.error);
  const spread = error ? await valueAt(error, 0, column, row) : null;
  if (layer.classes) {
    const name = (layer.stops.find((stop) => stop[0] === value) ?? [0, value])[1];
    const sure = spread === null ? "" : ` (${error.title}${say(": ")}${written(spread, 2)})`;
    return name + sure;
  }
  const plusMinus = spread === null ? "" : ` ± ${written(spread, digitsOfError(spread))}`;
  return `${written(value, layer.digits)}${plusMinus} ${layer.unit}`.trim();
}

// Decimals that show an error with two digits.
function digitsOfError(error) {
  return error > 0 ? Math.max(0, 1 - Math.floor(Math.log10(error))) : 0;
}

function rgb(colour) {
  return [1, 3, 5].map((start) => parseInt(colour.slice(start, start + 2), 16));
}

// Colours by code, three bytes each.
function colourTable(layer, low) {
  const values = layer.stops.map((stop) => stop[0]);
  const colours = layer.stops.map((stop) => rgb(stop[2]));
  return (code) => {
    const value = (code - 1 + low) * 10 ** layer.power;
    if (layer.classes) return colours[values.indexOf(value)] ?? [150, 150, 150];
    const last = values.length - 1;
    const place = Math.min(Math.max(((value - values[0]) / (values[last] - values[0])) * last, 0), last);
    const before = Math.min(Math.floor(place), last - 1);
    return colours[before].map((part, i) => part + (place - before) * (colours[before + 1][i] - part));
  };
}

// Canvas of a layer, a pixel for each thinned cell.
async function pictureOf(layer, time) {
  const [id, band] = sliceOf(layer, time);
  const key = `${layer.id} ${id} ${band}`;
  if (!pictures.has(key)) {
    if (pictures.size >= MOST_PICTURES) pictures.delete(pictures.keys().next().value);
    const codes = (await codesOf(id))[band];
    const colour = colourTable(layer, data.packs[id].low);
    const known = new Map();
    pictures.set(key, painted(data.grids[layer.step], (pixels) => {
      codes.forEach((code, i) => {
        if (!code) return;
        if (!known.has(code)) known.set(code, colour(code));
        pixels.set(known.get(code), 4 * i);
        pixels[4 * i + 3] = 255;
      });
    }));
  }
  return pictures.get(key);
}

function painted(thinned, paint) {
  const canvas = document.createElement("canvas");
  canvas.width = thinned.columns;
  canvas.height = thinned.rows;
  const context = canvas.getContext("2d");
  const image = context.createImageData(thinned.columns, thinned.rows);
  paint(image.data);
  context.putImageData(image, 0, 0);
  return canvas;
}

// Shaded relief, light from the north-west; where there is no elevation, plain grey.
async function relief() {
  const thinned = data.grids[reliefLayer.step];
  const [codes, mask] = [(await codesOf(reliefLayer.slices[0][0]))[0], await maskOf(thinned)];
  const isElevation = reliefLayer.id === "grid/elevation";
  const scale = 10 ** reliefLayer.power / (2 * reliefLayer.step * data.cell);
  return painted(thinned, (pixels) => {
    for (let i = 0; i < mask.length; i++) {
      if (!mask[i]) continue;
      const at = (j) => codes[j] || codes[i];
      const east = (at(i + 1) - at(i - 1)) * scale, south = (at(i + thinned.columns) - at(i - thinned.columns)) * scale;
      const light = (1 + 0.7071 * (east + south)) / (Math.SQRT2 * Math.hypot(1, east, south));
      pixels.fill(isElevation ? 70 + 180 * Math.max(light, 0) : 225, 4 * i, 4 * i + 3);
      pixels[4 * i + 3] = 255;
    }
  });
}

function fillChoices(select, chosen) {
  const groups = new Map();
  for (const layer of data.layers) {
    if (!groups.has(layer.group)) {
      const group = make("optgroup", { label: layer.group });
      groups.set(layer.group, select.appendChild(group));
    }
    groups.get(layer.group).append(make("option", { value: layer.id }, layerName(layer)));
  }
  select.value = chosen;
}

function showLegend(box, layer) {
  const unit = layer.unit ? ` [${layer.unit}]` : "";
  const metres = written(layer.step * data.cell, 0);
  const shown = layer.step === 1 ? say("every cell is shown") : `${say("shown: one cell in each square of")} ${metres} m`;
  box.replaceChildren(make("h4", {}, layerName(layer) + (layer.classes ? "" : unit)));
  if (layer.classes) {
    const rows = layer.stops.map(([, name, colour]) => {
      const swatch = make("i", { class: "swatch" });
      swatch.style.background = colour;
      const row = make("li", {}, swatch);
      row.append(name);
      return row;
    });
    box.append(make("ul", { class: "classes" }, ...rows));
  } else {
    const bar = make("div", { class: "bar" });
    bar.style.background = `linear-gradient(to right, ${layer.stops.map((stop) => stop[2]).join(", ")})`;
    const values = [0, 0.5, 1].map((share) => layer.stops[share * (layer.stops.length - 1)][0]);
    box.append(bar, make("div", { class: "ticks" }, ...values.map((value) => make("span", {}, written(value, layer.digits)))));
  }
  box.append(make("p", { class: "fine" }, `${shown} `, make("a", { href: fileOf(layer, timeOf(layer)) }, "GeoTIFF")));
}
