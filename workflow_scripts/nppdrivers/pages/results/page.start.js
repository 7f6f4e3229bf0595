// Everything is read: show it.

startSorting();
startFigures();
if (data.layers.length) {
  if (typeof DecompressionStream === "undefined") {
    controls.readout.textContent = say("This browser is too old for the map; the files of the maps are listed below.");
  } else {
    startControls();
    startPointer();
    startPlaces();
    refresh();
    showDetails(null, null);
    new ResizeObserver(() => canvas.parentElement.clientWidth !== canvasSize.width && resize()).observe(canvas.parentElement);
  }
}
