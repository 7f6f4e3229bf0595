// Tables sort by a click on a heading; rows of places are linked to the map; figures are enlarged.

function cellValue(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = Number(text.replace("−", "-").replaceAll(",", ""));
  return text === "–" || text === "" ? null : Number.isNaN(number) ? text : number;
}

function sortBy(table, column, isDown) {
  const rows = [...table.tBodies[0].rows];
  rows.sort((one, other) => {
    const [a, b] = [cellValue(one, column), cellValue(other, column)];
    if (a === null || b === null) return (a === null) - (b === null); // missing values stay last
    const order = typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), undefined, { numeric: true });
    return isDown ? -order : order;
  });
  table.tBodies[0].append(...rows);
}

function startSorting() {
  for (const table of document.querySelectorAll("main table:has(thead)")) {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      heading.tabIndex = 0;
      heading.title = heading.title ? `${heading.title}\n${say("Sort by this column")}` : say("Sort by this column");
      const act = () => {
        const isDown = heading.getAttribute("aria-sort") === "ascending";
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
        sortBy(table, column, isDown);
      };
      heading.addEventListener("click", act);
      heading.addEventListener("keydown", (event) => event.key === "Enter" && act());
    });
  }
}

function rowOf(place) {
  return document.querySelector(`#places-table tr[data-place="${data.places.indexOf(place)}"]`);
}

function markRow(place) {
  for (const row of document.querySelectorAll("#places-table tr.chosen")) row.classList.remove("chosen");
  const row = place && rowOf(place);
  if (!row) return;
  row.classList.add("chosen");
  const box = row.closest(".scroll");
  box.scrollTop = row.offsetTop - box.clientHeight / 2;
}

function startPlaces() {
  for (const row of document.querySelectorAll("#places-table tbody tr")) {
    const place = data.places[Number(row.dataset.place)];
    const act = () => {
      state.cell = null;
      state.shown.add(place.kind);
      showBox(boxOf(place));
      choosePlace(place);
      document.getElementById("map").scrollIntoView();
    };
    row.tabIndex = 0;
    row.addEventListener("click", act);
    row.addEventListener("keydown", (event) => event.key === "Enter" && act());
  }
}

function startFigures() {
  const dialog = document.getElementById("large");
  for (const image of document.querySelectorAll("main figure img")) {
    image.tabIndex = 0;
    const act = () => {
      dialog.replaceChildren(make("img", { src: image.src, alt: image.alt }));
      dialog.showModal();
    };
    image.addEventListener("click", act);
    image.addEventListener("keydown", (event) => event.key === "Enter" && act());
  }
  dialog.addEventListener("click", () => dialog.close());
}
