// What lies over the map: outlines of mines and zones with their names, lines and points.

function drawOverlay(context, overlay) {
  const { scale } = state.view;
  context.lineJoin = "round";
  for (const line of overlay.lines ?? []) strokeTwice(context, [line], overlay.colour, overlay.width / scale);
  for (const place of data.places) {
    if (place.kind !== overlay.id) continue;
    const isChosen = place === state.place;
    strokeTwice(context, place.lines, isChosen ? "#d55e00" : overlay.colour, (isChosen ? 2.6 : 1.3) / scale);
  }
  for (const [column, row, name] of overlay.points ?? []) drawPoint(context, overlay, column, row, name);
  for (const place of data.places) if (place.kind === overlay.id) drawName(context, place);
}

function strokeTwice(context, lines, colour, width) {
  const path = new Path2D();
  for (const line of lines) line.forEach(([column, row], i) => (i ? path.lineTo(column, row) : path.moveTo(column, row)));
  context.strokeStyle = "rgba(255, 255, 255, .85)";
  context.lineWidth = 2.4 * width;
  context.stroke(path);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

function drawPoint(context, overlay, column, row, name) {
  const { scale } = state.view, radius = overlay.radius / scale;
  context.beginPath();
  if (overlay.shape === "triangle") {
    context.moveTo(column, row - 1.3 * radius);
    context.lineTo(column + 1.1 * radius, row + 0.8 * radius);
    context.lineTo(column - 1.1 * radius, row + 0.8 * radius);
    context.closePath();
  } else context.arc(column, row, radius, 0, 2 * Math.PI);
  context.fillStyle = overlay.colour;
  context.strokeStyle = "#fff";
  context.lineWidth = 1 / scale;
  context.fill();
  context.stroke();
  if (name && scale > 3) writeText(context, name, column, row - 2 * radius);
}

function drawName(context, place) {
  const [west, north, east, south] = boxOf(place);
  const room = (east - west) * state.view.scale;
  if (room < 24 && place !== state.place) return;
  writeText(context, place.name, (west + east) / 2, (north + south) / 2, Math.max(room * 1.6, 70));
}

// Text at a place in cells, cut to a width in pixels; its own size does not depend on the scale of the map.
function writeText(context, text, column, row, room = 160) {
  const at = context.getTransform().transformPoint({ x: column, y: row });
  const ratio = canvas.width / canvasSize.width;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, at.x, at.y);
  context.font = `600 11.5px ${getComputedStyle(document.body).fontFamily}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  let shown = text;
  while (shown.length > 1 && context.measureText(`${shown}…`).width > room) shown = shown.slice(0, -1);
  if (shown !== text) shown += "…";
  context.lineWidth = 3;
  context.lineJoin = "round";
  context.strokeStyle = "rgba(255, 255, 255, .9)";
  context.strokeText(shown, 0, 0);
  context.fillStyle = "#1c2126";
  context.fillText(shown, 0, 0);
  context.restore();
}

function boxOf(place) {
  place.box ??= place.lines.flat().reduce(
    ([west, north, east, south], [x, y]) => [Math.min(west, x), Math.min(north, y), Math.max(east, x), Math.max(south, y)],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
  return place.box;
}

// The smallest shown place around a point: rings by the even-odd rule, so that holes are outside.
function placeAround(column, row) {
  const area = ([west, north, east, south]) => (east - west) * (south - north);
  const around = data.places.filter((place) => state.shown.has(place.kind) && isInside(place, column, row));
  return around.sort((one, other) => area(boxOf(one)) - area(boxOf(other)))[0] ?? null;
}

function isInside(place, column, row) {
  const [west, north, east, south] = boxOf(place);
  if (column < west || column > east || row < north || row > south) return false;
  let inside = false;
  for (const line of place.lines) {
    for (let i = 1; i < line.length; i++) {
      const [[x0, y0], [x1, y1]] = [line[i - 1], line[i]];
      if (y0 > row !== y1 > row && column < x0 + ((row - y0) * (x1 - x0)) / (y1 - y0)) inside = !inside;
    }
  }
  return inside;
}

// The nearest named point within some pixels.
function pointNear(column, row) {
  const reach = 8 / state.view.scale;
  for (const overlay of data.overlays) {
    if (!state.shown.has(overlay.id)) continue;
    const near = (overlay.points ?? []).find(([x, y]) => Math.hypot(x - column, y - row) < reach);
    if (near) return near[2] ? `${overlay.title}: ${near[2]}` : overlay.title;
  }
  return null;
}
