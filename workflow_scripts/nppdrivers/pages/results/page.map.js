// The map: what is shown, how it is drawn, and what the pointer does.

const canvas = document.getElementById("canvas");
const canvasSize = { width: 0, height: 0 };
const state = {
  left: data.layers[0],
  right: data.layers.find((layer) => layer.id === "attribution/dominant_category") ?? data.layers[Math.min(1, data.layers.length - 1)],
  time: 0,
  mode: "single",
  opacity: 1,
  split: 0.5,
  view: null, // {column, row, scale}: cell in the middle of a map, pixels per cell
  cell: null,
  place: null,
  shown: new Set(data.overlays.filter((overlay) => overlay.shown).map((overlay) => overlay.id)),
};
let drawing = 0;

function timed() {
  if (state.left.times) return state.left;
  return state.mode !== "single" && state.right.times ? state.right : null;
}

function timeOf(layer) {
  const leader = timed();
  return leader === layer ? state.time : timeLike(layer, leader ? leader.times[state.time] : null);
}

// Parts of the canvas that are maps of their own: left and right, or above each other where it is narrow.
function parts() {
  const { width, height } = canvasSize;
  const whole = { x: 0, y: 0, width, height };
  if (state.mode === "single") return [{ layer: state.left, clip: whole, map: whole }];
  if (state.mode === "swipe") {
    const edge = width * state.split;
    return [
      { layer: state.left, clip: { ...whole, width: edge }, map: whole },
      { layer: state.right, clip: { ...whole, x: edge, width: width - edge }, map: whole },
    ];
  }
  const halves = isStacked(width)
    ? [{ ...whole, height: height / 2 }, { ...whole, y: height / 2, height: height / 2 }]
    : [{ ...whole, width: width / 2 }, { ...whole, x: width / 2, width: width / 2 }];
  return halves.map((half, i) => ({ layer: i ? state.right : state.left, clip: half, map: half }));
}

// Whether two maps lie above each other: side by side they would be too small.
function isStacked(width) {
  return state.mode === "side" && width < 560;
}

function wholeView() {
  const { width, height } = parts()[0].map;
  const scale = 0.96 * Math.min(width / data.columns, height / data.rows);
  return { column: data.columns / 2, row: data.rows / 2, scale };
}

// From a point of the canvas to the part it lies in and the place in cells.
function placeAt(x, y) {
  const part = parts().find(({ clip }) => x >= clip.x && x < clip.x + clip.width && y >= clip.y && y < clip.y + clip.height);
  if (!part) return null;
  const { map } = part, { view } = state;
  return {
    column: view.column + (x - map.x - map.width / 2) / view.scale,
    row: view.row + (y - map.y - map.height / 2) / view.scale,
  };
}

async function draw() {
  const turn = ++drawing;
  const shown = parts();
  const [ground, ...pictures] = await Promise.all([reliefOnce(), ...shown.map((part) => pictureOf(part.layer, timeOf(part.layer)))]);
  if (turn !== drawing) return;
  const context = canvas.getContext("2d");
  const ratio = canvas.width / canvasSize.width;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, canvasSize.width, canvasSize.height);
  shown.forEach((part, i) => drawPart(context, part, ground, pictures[i]));
  if (state.mode !== "single") drawDivider(context, shown);
  drawScale(context);
  canvas.dataset.drawn = String(turn);
}

let reliefPicture = null;
function reliefOnce() {
  reliefPicture ??= relief();
  return reliefPicture;
}

function drawPart(context, part, ground, picture) {
  const { clip, map, layer } = part, { view } = state;
  context.save();
  context.beginPath();
  context.rect(clip.x, clip.y, clip.width, clip.height);
  context.clip();
  context.translate(map.x + map.width / 2, map.y + map.height / 2);
  context.scale(view.scale, view.scale);
  context.translate(-view.column, -view.row);
  context.imageSmoothingEnabled = true;
  if (state.opacity < 1) context.drawImage(ground, 0, 0, ground.width * reliefLayer.step, ground.height * reliefLayer.step);
  context.imageSmoothingEnabled = view.scale * layer.step < 1;
  context.globalAlpha = state.opacity;
  context.drawImage(picture, 0, 0, picture.width * layer.step, picture.height * layer.step);
  context.globalAlpha = 1;
  for (const overlay of data.overlays) if (state.shown.has(overlay.id)) drawOverlay(context, overlay);
  if (state.cell) drawCell(context, layer.step);
  context.restore();
}

function drawCell(context, step) {
  const [column, row] = [state.cell.column, state.cell.row].map((part) => Math.floor(part / step) * step);
  const size = Math.max(step, 7 / state.view.scale), shift = (size - step) / 2;
  for (const [colour, pixels] of [["#fff", 4], ["#111", 2]]) {
    context.strokeStyle = colour;
    context.lineWidth = pixels / state.view.scale;
    context.strokeRect(column - shift, row - shift, size, size);
  }
}

function drawDivider(context, shown) {
  const { clip } = shown[1];
  context.fillStyle = "#1c2126";
  if (clip.x) context.fillRect(clip.x - 1, clip.y, 2, clip.height);
  else context.fillRect(clip.x, clip.y - 1, clip.width, 2);
  if (state.mode !== "swipe") return;
  context.beginPath();
  context.arc(clip.x, clip.height / 2, 11, 0, 2 * Math.PI);
  context.fill();
  context.fillStyle = "#fff";
  context.font = "13px sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText("↔", clip.x, clip.height / 2 + 1);
}

function drawScale(context) {
  const metres = (canvasSize.width / 5 / state.view.scale) * data.cell;
  const power = 10 ** Math.floor(Math.log10(metres));
  const length = [5, 2, 1].map((part) => part * power).find((part) => part <= metres);
  const pixels = (length / data.cell) * state.view.scale, y = canvasSize.height - 12;
  const text = length >= 1000 ? `${length / 1000} km` : `${length} m`;
  context.font = "12px sans-serif";
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.lineJoin = "round";
  for (const [colour, width] of [["#fff", 4], ["#1c2126", 1.5]]) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(12, y - 5);
    context.lineTo(12, y);
    context.lineTo(12 + pixels, y);
    context.lineTo(12 + pixels, y - 5);
    context.stroke();
    if (width === 4) context.strokeText(text, 18, y - 5);
  }
  context.fillStyle = "#1c2126";
  context.fillText(text, 18, y - 5);
}

function resize() {
  const box = canvas.parentElement, ratio = window.devicePixelRatio || 1;
  const width = box.clientWidth;
  const shape = Math.min(Math.max(data.rows / data.columns, 0.55), 1.15);
  const most = Math.max(320, window.innerHeight * (isStacked(width) ? 1.3 : 0.74));
  const maps = state.mode !== "side" ? 1 : isStacked(width) ? 1.8 : 0.55; // heights of a map of full width
  const height = Math.round(Math.min(width * shape * maps, most));
  const isNew = width !== canvasSize.width || height !== canvasSize.height;
  Object.assign(canvasSize, { width, height });
  if (isNew) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
    state.view = wholeView();
  }
  draw();
}

function zoom(factor, x = canvasSize.width / 2, y = canvasSize.height / 2) {
  const before = placeAt(x, y), { view } = state, least = wholeView().scale;
  view.scale = Math.min(Math.max(view.scale * factor, least), 40);
  const after = placeAt(x, y);
  if (before && after) move(before.column - after.column, before.row - after.row);
  if (view.scale === least) state.view = wholeView();
  canvas.style.touchAction = view.scale > least ? "none" : "pan-y";
  draw();
}

function move(columns, rows) {
  const { view } = state;
  view.column = Math.min(Math.max(view.column + columns, 0), data.columns);
  view.row = Math.min(Math.max(view.row + rows, 0), data.rows);
}

// Show a part of the grid, in cells.
function showBox([west, north, east, south]) {
  const { width, height } = parts()[0].map;
  const scale = Math.min(width / (east - west), height / (south - north)) / 3;
  state.view = { column: (west + east) / 2, row: (north + south) / 2, scale: Math.max(scale, wholeView().scale) };
  canvas.style.touchAction = "none";
  draw();
}
