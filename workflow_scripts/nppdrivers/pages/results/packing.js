// Values of maps, as packing.py wrote them into the page.

const unpacked = new Map();

async function inflated(id) {
  const text = document.getElementById(id).textContent;
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Cells inside of a thinned grid, 1 or 0 each.
function maskOf(thinned) {
  thinned.mask ??= inflated(thinned.id).then((bits) =>
    Uint8Array.from({ length: thinned.rows * thinned.columns }, (_, i) => (bits[i >> 3] >> (7 - (i & 7))) & 1),
  );
  return thinned.mask;
}

// Codes of all bands of a packed raster; 0 is missing.
function codesOf(id) {
  if (!unpacked.has(id)) unpacked.set(id, unpack(data.packs[id], id));
  return unpacked.get(id);
}

async function unpack(pack, id) {
  const thinned = data.grids[pack.step];
  const [bytes, mask] = await Promise.all([inflated(id), maskOf(thinned)]);
  const bands = [];
  const half = pack.wide ? bytes.length / 2 : 0;
  let next = 0;
  for (let band = 0; band < pack.bands; band++) {
    const codes = new Uint16Array(mask.length);
    for (let row = 0, i = 0; row < thinned.rows; row++) {
      for (let column = 0; column < thinned.columns; column++, i++) {
        if (!mask[i]) continue;
        const west = column ? codes[i - 1] : 0;
        const north = row ? codes[i - thinned.columns] : 0;
        const corner = row && column ? codes[i - thinned.columns - 1] : 0;
        const least = Math.min(west, north), greatest = Math.max(west, north);
        const predicted = Math.min(Math.max(west + north - corner, least), greatest);
        const number = pack.wide ? bytes[next] * 256 + bytes[half + next] : bytes[next];
        codes[i] = predicted + (number & 1 ? -(number + 1) / 2 : number / 2);
        next++;
      }
    }
    bands.push(codes);
  }
  return bands;
}
