// The controls of the map and what the pointer does on it.

const controls = Object.fromEntries(
  ["left", "right", "right-label", "mode", "opacity", "time", "time-row", "time-label", "play", "overlays", "readout", "legend-left", "legend-right"].map(
    (id) => [id, document.getElementById(id)],
  ),
);

function degreesAt(column, row) {
  const { nodes, longitude, latitude } = data.degrees;
  const x = Math.min(Math.max((column / data.columns) * (nodes - 1), 0), nodes - 1 - 1e-9);
  const y = Math.min(Math.max((row / data.rows) * (nodes - 1), 0), nodes - 1 - 1e-9);
  const [i, j] = [Math.floor(x), Math.floor(y)];
  return [longitude, latitude].map((net) => {
    const north = net[j][i] * (1 - x + i) + net[j][i + 1] * (x - i);
    const south = net[j + 1][i] * (1 - x + i) + net[j + 1][i + 1] * (x - i);
    return north * (1 - y + j) + south * (y - j);
  });
}

function placeInWords(column, row) {
  const [longitude, latitude] = degreesAt(column, row);
  const side = (value, letters) => `${written(Math.abs(value), 4)}° ${letters[value < 0 ? 1 : 0]}`;
  return `${side(latitude, "NS")}, ${side(longitude, "EW")}`;
}

let reading = 0;
async function readOut(column, row) {
  const turn = ++reading;
  const shown = state.mode === "single" ? [state.left] : [state.left, state.right];
  const values = await Promise.all(shown.map((layer) => valueInWords(layer, timeOf(layer), column, row)));
  if (turn !== reading) return;
  const lines = shown.map((layer, i) => {
    const when = layer.times ? `${say(", ")}${layer.times[timeOf(layer)]}` : "";
    return make("div", {}, `${layerName(layer)}${when}${say(": ")}`, make("b", { class: "value" }, values[i]));
  });
  const where = [placeInWords(column, row), placeAround(column, row)?.name, pointNear(column, row)];
  controls.readout.replaceChildren(...lines, make("div", { class: "fine" }, where.filter(Boolean).join(" · ")));
}

function showTime() {
  const layer = timed();
  controls["time-row"].hidden = !layer;
  if (!layer) return;
  controls.time.max = String(layer.times.length - 1);
  state.time = Math.min(state.time, layer.times.length - 1);
  controls.time.value = String(state.time);
  controls.time.setAttribute("aria-valuetext", layer.times[state.time]);
  controls["time-label"].textContent = layer.times[state.time];
  for (const side of ["left", "right"]) {
    const link = controls[`legend-${side}`].querySelector("a");
    if (link) link.href = fileOf(state[side], timeOf(state[side]));
  }
}

function refresh() {
  const isSingle = state.mode === "single";
  controls["right-label"].hidden = isSingle;
  showTime();
  showLegend(controls["legend-left"], state.left);
  controls["legend-right"].replaceChildren();
  if (!isSingle) showLegend(controls["legend-right"], state.right);
  if (state.cell) readOut(state.cell.column, state.cell.row);
  resize();
}

function choose(side, id) {
  const before = timed()?.times[state.time] ?? null;
  state[side] = layers.get(id);
  const layer = timed();
  if (layer) state.time = before === null ? firstTime(layer) : timeLike(layer, before);
  refresh();
}

// Summer shows most: the first July, or the first date.
function firstTime(layer) {
  return Math.max(0, layer.times.findIndex((time) => time === "07" || time.endsWith("-07")));
}

let playing = null;
function play() {
  if (playing) {
    clearInterval(playing);
    playing = null;
  } else {
    playing = setInterval(() => {
      const layer = timed();
      if (!layer) return play();
      state.time = (state.time + 1) % layer.times.length;
      showTime();
      draw();
    }, 500);
  }
  controls.play.textContent = playing ? "❚❚" : "▶";
}

function startControls() {
  for (const side of ["left", "right"]) {
    fillChoices(controls[side], state[side].id);
    controls[side].addEventListener("change", () => choose(side, controls[side].value));
  }
  controls.mode.addEventListener("change", () => {
    state.mode = controls.mode.value;
    canvasSize.width = 0; // the view starts anew
    refresh();
  });
  controls.opacity.addEventListener("input", () => {
    state.opacity = controls.opacity.value / 100;
    draw();
  });
  controls.time.addEventListener("input", () => {
    state.time = Number(controls.time.value);
    showTime();
    draw();
    if (state.cell) readOut(state.cell.column, state.cell.row);
  });
  controls.play.addEventListener("click", play);
  for (const overlay of data.overlays) {
    const box = make("input", { type: "checkbox" });
    box.checked = overlay.shown;
    box.addEventListener("change", () => {
      state.shown[box.checked ? "add" : "delete"](overlay.id);
      draw();
    });
    const swatch = make("i", { class: overlay.points ? "dot" : "stroke" });
    swatch.style.background = overlay.colour;
    controls.overlays.append(make("label", {}, box, swatch, overlay.title));
  }
  const buttons = { "zoom-in": () => zoom(1.6), "zoom-out": () => zoom(1 / 1.6), "zoom-all": () => zoom(0) };
  for (const [id, act] of Object.entries(buttons)) document.getElementById(id).addEventListener("click", act);
}

// A cell and the place around it become the chosen ones.
function chooseAt(column, row) {
  const isInside = column >= 0 && row >= 0 && column < data.columns && row < data.rows;
  if (!isInside) return;
  state.cell = { column, row };
  choosePlace(placeAround(column, row));
  readOut(column, row);
}

function choosePlace(place) {
  state.place = place;
  markRow(place);
  showDetails(state.cell, place);
  draw();
}

function startPointer() {
  const pointers = new Map();
  let moved = 0, splitting = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const onDivider = (x) => state.mode === "swipe" && Math.abs(x - canvasSize.width * state.split) < 14;
  canvas.addEventListener("pointerdown", (event) => {
    const [x, y] = at(event);
    pointers.set(event.pointerId, [x, y]);
    canvas.setPointerCapture(event.pointerId);
    moved = 0;
    splitting = pointers.size === 1 && onDivider(x);
  });
  canvas.addEventListener("pointermove", (event) => {
    const [x, y] = at(event), before = pointers.get(event.pointerId);
    const place = placeAt(x, y);
    canvas.style.cursor = onDivider(x) ? "ew-resize" : "crosshair";
    if (!before) return place && readOut(place.column, place.row);
    moved += Math.hypot(x - before[0], y - before[1]);
    if (splitting) {
      state.split = Math.min(Math.max(x / canvasSize.width, 0.02), 0.98);
      draw();
    } else if (pointers.size === 2) {
      const other = [...pointers].find(([id]) => id !== event.pointerId)[1];
      const ratio = Math.hypot(x - other[0], y - other[1]) / Math.max(Math.hypot(before[0] - other[0], before[1] - other[1]), 1);
      zoom(ratio, (x + other[0]) / 2, (y + other[1]) / 2);
    } else if (state.view.scale > wholeView().scale) {
      move((before[0] - x) / state.view.scale, (before[1] - y) / state.view.scale);
      draw();
    }
    pointers.set(event.pointerId, [x, y]);
  });
  const end = (event) => {
    const isClick = pointers.delete(event.pointerId) && event.type === "pointerup" && moved < 5 && !splitting;
    const place = isClick && placeAt(...at(event));
    if (place) chooseAt(place.column, place.row);
  };
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls until the map is chosen
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, ...at(event));
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const far = 40 / state.view.scale;
    const moves = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if (event.key in moves) move(...moves[event.key]);
    else if (event.key === "+") return zoom(1.6);
    else if (event.key === "-") return zoom(1 / 1.6);
    else return;
    event.preventDefault();
    draw();
  });
}
