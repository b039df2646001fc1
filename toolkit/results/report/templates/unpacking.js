// What report/packing.py packed: base64 of deflate of planes of bytes; see there.

async function inflated(text) {
  const raw = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Returns one series with at(step, thing), NaN where it is blank.
function series(part, bytes, from) {
  const { things, steps, width, blank } = part;
  const count = things * steps;
  const values = new Float64Array(count);
  const scale = 10 ** part.decimals;
  for (let thing = 0; thing < things; thing += 1) {
    let whole = 0;
    for (let step = 0; step < steps; step += 1) {
      const i = thing * steps + step;
      let folded = 0;
      for (let plane = width - 1; plane >= 0; plane -= 1) {
        folded = folded * 256 + bytes[from + plane * count + i];
      }
      whole += folded % 2 ? -(folded + 1) / 2 : folded / 2;
      values[i] = whole === blank ? NaN : whole / scale;
    }
  }
  return { ...part, values, at: (step, thing) => values[thing * steps + step] };
}

// Returns every series of a case by its name.
async function unpacked(packed) {
  const bytes = await inflated(packed.data);
  const found = {};
  let from = 0;
  for (const part of packed.parts) {
    found[part.name] = series(part, bytes, from);
    from += part.things * part.steps * part.width;
  }
  return found;
}
