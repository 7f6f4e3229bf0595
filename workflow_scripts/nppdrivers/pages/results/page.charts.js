// Small charts of a cell or a place, as SVG.

const HEIGHT = 170, LEFT = 44, RIGHT = 8, TOP = 8, BOTTOM = 22;

function svg(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// Round values over a range, about so many.
function ticks(low, high, about = 4) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((part) => part * power).find((part) => part >= raw);
  const found = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-6; value += step) found.push(value);
  return [found, Math.max(0, -Math.floor(Math.log10(step) + 1e-9))];
}

function chartFrame(box, title, width) {
  const chart = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, width, height: HEIGHT, role: "img", "aria-label": title });
  box.append(make("figure", { class: "chart", style: `max-width: ${width}px` }, make("figcaption", {}, title), chart));
  return chart;
}

// Lines over the dates: [{name, colour, values}], values null where missing.
function lineChart(box, title, dates, lines, width) {
  const all = lines.flatMap((line) => line.values).filter((value) => value !== null);
  if (!all.length) return;
  const chart = chartFrame(box, title, width);
  const low = Math.min(0, ...all), high = Math.max(...all);
  const x = (i) => LEFT + ((width - LEFT - RIGHT) * (i + 0.5)) / dates.length;
  const y = (value) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low || 1);
  const [values, digits] = ticks(low, high);
  for (const value of values) {
    chart.append(svg("line", { class: "grid", x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }));
    chart.append(svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, written(value, digits)));
  }
  const years = dates.map((date, i) => [date.slice(0, 4), i]).filter(([year], i) => !i || year !== dates[i - 1].slice(0, 4));
  const every = Math.ceil((years.length * 38) / (width - LEFT));
  years.forEach(([year, i], number) => {
    chart.append(svg("line", { class: "grid", x1: x(i - 0.5), x2: x(i - 0.5), y1: TOP, y2: HEIGHT - BOTTOM }));
    if (number % every === 0) chart.append(svg("text", { x: x(i - 0.5) + 3, y: HEIGHT - 6 }, year));
  });
  for (const line of lines) {
    let path = "";
    line.values.forEach((value, i) => {
      if (value !== null) path += `${i && line.values[i - 1] !== null ? "L" : "M"}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
    });
    chart.append(svg("path", { d: path, stroke: line.colour, class: "line" }));
  }
}

// Bars to either side of 0: [{name, colour, value, error}].
function barChart(box, title, bars, width) {
  const known = bars.filter((bar) => bar.value !== null && bar.value !== undefined);
  if (!known.length) return;
  const chart = chartFrame(box, title, width);
  const ends = known.flatMap((bar) => [bar.value - (bar.error ?? 0), bar.value + (bar.error ?? 0)]);
  const low = Math.min(0, ...ends), high = Math.max(0, ...ends);
  const left = 78, x = (value) => left + ((width - left - 16) * (value - low)) / (high - low || 1);
  const [values, digits] = ticks(low, high);
  for (const value of values) {
    chart.append(svg("line", { class: "grid", x1: x(value), x2: x(value), y1: TOP, y2: HEIGHT - BOTTOM }));
    chart.append(svg("text", { x: x(value), y: HEIGHT - 6, "text-anchor": "middle" }, written(value, digits)));
  }
  const room = (HEIGHT - TOP - BOTTOM) / known.length;
  known.forEach((bar, i) => {
    const middle = TOP + room * (i + 0.5), from = Math.min(x(0), x(bar.value));
    chart.append(svg("text", { x: left - 8, y: middle + 4, "text-anchor": "end" }, bar.name));
    chart.append(svg("rect", { x: from, y: middle - room * 0.3, width: Math.abs(x(bar.value) - x(0)), height: room * 0.6, fill: bar.colour }));
    if (bar.error) chart.append(svg("line", { class: "error", x1: x(bar.value - bar.error), x2: x(bar.value + bar.error), y1: middle, y2: middle }));
  });
}
