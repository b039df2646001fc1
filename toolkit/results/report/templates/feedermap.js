// The feeder drawn for one hour. Things that look alike are one path: thousands stay quick.

// From the lower limit of voltage to the upper one; the page's figures have the same colours.
const VOLTS = ["#7f3b08", "#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7", "#d8daeb",
  "#b2abd2", "#8073ac", "#542788", "#2d004b"];
// Where classes of loading end, as a share of the limit; beyond the last it is broken.
const LOADED = [0.2, 0.4, 0.6, 0.8, 1];
const NAMED = 60;
// How high a row of the one-line layout is at most, and how wide and high a letter, px.
const ROW = 90;
const LETTER = [6.4, 11];

class FeederMap {
  constructor(svg, data) {
    this.svg = svg;
    this.data = data;
    this.places = new Places(data);
    this.layers = {};
    LOADED.concat(2).forEach((_, i) => this.layer(`loaded${i}`, "line"));
    this.layer("unrated", "line");
    this.layer("arrows");
    this.layer("trades");
    for (const size of ["small", "large"]) {
      this.layer(`${size}ink`, `ink ${size}`);
      VOLTS.forEach((colour, i) => {
        this.layer(`${size}${i}`, `dot ${size}`).style.stroke = colour;
      });
      this.layer(`${size}none`, `dot ${size} none`);
    }
    this.layer("head");
    this.layer("beyond");
    for (const kind of Object.keys(data.kinds)) {
      this.layer(`unit${kind}`, "unit").style.fill = data.kinds[kind].colour;
    }
    this.layer("frames");
    this.layer("charge");
    this.layer("chosen");
    this.layer("focus");
    this.texts = made(svg, "g", { class: "names", "aria-hidden": "true" });
    this.at = new Map();
  }

  layer(name, look = name) {
    this.layers[name] = made(this.svg, "path", { class: look });
    return this.layers[name];
  }

  // units: of the case; their buses have marks above them.
  stand(units) {
    this.units = units;
    this.at = new Map();
    units.forEach((unit, i) => {
      if (unit.bus < 0) return;
      if (!this.at.has(unit.bus)) this.at.set(unit.bus, []);
      this.at.get(unit.bus).push(i);
    });
  }

  // As high as the feeder's shape asks for, within what a screen shows.
  fit() {
    const [wide, high] = this.places.extent;
    const across = this.svg.parentNode.clientWidth || 1;
    const map = this.places.layout === "map";
    const share = map ? high / (wide || 1) : Math.min(0.55, this.places.rows * ROW / across);
    this.svg.style.aspectRatio = `1 / ${Math.max(0.2, Math.min(0.75, share)).toFixed(3)}`;
    const box = this.svg.getBoundingClientRect();
    if (!box.width) return;
    this.svg.setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
    this.places.resize(box.width, box.height);
  }

  // frame: { series, step, chosen, focus, pairs }; a pair is two buses, [seller, buyer]
  draw(frame) {
    if (!this.places.width) return;
    this.paths = {};
    this.lines(frame);
    this.dots(frame);
    this.marks(frame);
    this.rings(frame);
    for (const [from, to] of frame.pairs) this.trade(from, to);
    for (const [name, path] of Object.entries(this.layers)) {
      const d = this.paths[name] || "";
      if (path.drawn !== d) path.setAttribute("d", path.drawn = d);
    }
    this.names(frame);
  }

  add(name, d) {
    this.paths[name] = (this.paths[name] || "") + d;
  }

  lines({ series, step }) {
    const [loading, power] = [series["lines.loading_pct"], series["lines.p_kw"]];
    const limit = this.data.limits[2];
    for (let line = 0; line < this.data.lines.length; line += 1) {
      const share = loading ? loading.at(step, line) / limit : NaN;
      const above = LOADED.findIndex((end) => share <= end);
      const kind = Number.isNaN(share) ? "unrated" : `loaded${above < 0 ? LOADED.length : above}`;
      this.add(kind, this.places.ways[line]);
      const kw = power ? power.at(step, line) : 0;
      const tip = this.places.tips[line];
      if (tip && Math.abs(kw) >= STILL) this.add("arrows", tip[kw > 0 ? 0 : 1]);
    }
  }

  dots({ series, step }) {
    const [lowest, highest] = [series["buses.v_min_pu"], series["buses.v_max_pu"]];
    const [low, high] = this.data.limits;
    const { x, y, dots } = this.places;
    const crowded = this.places.count > 400 && this.places.zoom < 4;
    this.svg.classList.toggle("crowded", crowded);
    for (let bus = 0; bus < this.places.count; bus += 1) {
      const d = dots[bus];
      const size = this.data.loads[bus] ? "large" : "small";
      const volts = nearest(lowest.at(step, bus), highest.at(step, bus), low, high);
      const share = Math.floor((volts - low) / (high - low) * VOLTS.length);
      const shade = Math.max(0, Math.min(VOLTS.length - 1, share));
      if (volts < low || volts > high) this.add("beyond", cross(x[bus], y[bus]));
      if (bus === this.data.head) this.add("head", d);
      if (crowded && size === "small") continue;
      this.add(`${size}ink`, d);
      this.add(Number.isNaN(volts) ? `${size}none` : `${size}${shade}`, d);
    }
  }

  marks({ series, step }) {
    const { x, y } = this.places;
    for (const [bus, units] of this.at) {
      if (!this.places.seen(bus, -20)) continue;
      units.forEach((unit, i) => {
        const { kind, kwh } = this.units[unit];
        const left = x[bus] + (i - (units.length - 1) / 2) * 19;
        this.add(`unit${kind}`, placed(this.data.kinds[kind].mark, left, y[bus] - 17, 5.5));
        const stored = kwh > 0 ? series["units.soc_kwh"].at(step, unit) / kwh : NaN;
        if (Number.isNaN(stored)) return;
        const part = 13 * Math.max(0, Math.min(1, stored));
        this.add("frames", `M${left + 8} ${y[bus] - 24}h4v14h-4Z`);
        this.add("charge", `M${left + 8.5} ${y[bus] - 10.5}h3v${-part}h-3Z`);
      });
    }
  }

  rings({ chosen, focus }) {
    const { x, y } = this.places;
    const ring = (bus, r) =>
      `M${x[bus] - r} ${y[bus]}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`;
    if (chosen >= 0) this.add("chosen", ring(chosen, 10));
    if (focus >= 0) this.add("focus", ring(focus, 13));
  }

  // A bow from a seller to a buyer, that opens to the buyer's side.
  trade(from, to) {
    const { x, y } = this.places;
    const [dx, dy] = [x[to] - x[from], y[to] - y[from]];
    const top = [(x[from] + x[to]) / 2 + dy * 0.22, (y[from] + y[to]) / 2 - dx * 0.22];
    const long = Math.hypot(x[to] - top[0], y[to] - top[1]) || 1;
    const [ux, uy] = [(x[to] - top[0]) / long, (y[to] - top[1]) / long];
    const [px, py] = [x[to] - 9 * ux, y[to] - 9 * uy];
    const wing = (side) =>
      `${px - 7 * ux + side * 4 * uy} ${py - 7 * uy - side * 4 * ux}`;
    this.add("trades", `M${x[from]} ${y[from]}Q${top[0]} ${top[1]} ${px} ${py}`);
    this.add("trades", `M${wing(1)}L${px} ${py}L${wing(-1)}`);
  }

  // The buses whose names do not cover each other: first the head and those that have units.
  apart(seen) {
    const { x, y } = this.places;
    const rank = (bus) => (bus === this.data.head || this.at.has(bus) ? 0 : 1);
    const taken = [];
    return [...seen].sort((a, b) => rank(a) - rank(b)).filter((bus) => {
      const half = this.data.buses[bus].length * LETTER[0] / 2;
      const free = taken.every(([left, down, wide]) =>
        Math.abs(x[bus] - left) >= half + wide || Math.abs(y[bus] - down) >= LETTER[1]);
      if (free) taken.push([x[bus], y[bus], half]);
      return free;
    });
  }

  // Names of buses and powers of units, where so few are in view that they can be read.
  names({ series, step }) {
    const seen = [];
    for (let bus = 0; bus < this.places.count && seen.length <= NAMED; bus += 1) {
      if (this.places.seen(bus)) seen.push(bus);
    }
    const shown = seen.length <= NAMED ? this.apart(seen) : [];
    while (this.texts.childNodes.length > 2 * shown.length) this.texts.lastChild.remove();
    while (this.texts.childNodes.length < 2 * shown.length) {
      made(this.texts, "text", { "text-anchor": "middle" });
    }
    shown.forEach((bus, i) => {
      const units = this.at.get(bus) || [];
      const told = units.map((unit) => written(series["units.p_kw"].at(step, unit), 0));
      [[this.data.buses[bus], 17], [told.join("  "), -28]].forEach(([text, down], j) => {
        const element = this.texts.childNodes[2 * i + j];
        element.textContent = text;
        element.setAttribute("x", this.places.x[bus].toFixed(1));
        element.setAttribute("y", (this.places.y[bus] + down).toFixed(1));
      });
    });
  }
}

// Of the lowest and the highest voltage of a bus the one nearer to its limit.
function nearest(lowest, highest, low, high) {
  return lowest - low <= high - highest ? lowest : highest;
}

function cross(x, y) {
  return `M${x - 7} ${y - 7}l14 14M${x - 7} ${y + 7}l14 -14`;
}

// Returns an outline at a place and of a size. Only its first point of each part is a place.
function placed(outline, x, y, size) {
  let capital = "";
  let axis = 0;
  return outline.replace(/[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)/g, (word) => {
    if (/[A-Za-z]/.test(word)) {
      [capital, axis] = [word, word === "V" ? 1 : 0];
      return word;
    }
    const arc = capital === "a" && axis % 7 > 1 && axis % 7 < 5;
    const absolute = capital === capital.toUpperCase();
    const shift = absolute ? [x, y][axis % 2] : 0;
    axis += 1;
    return `${arc ? Number(word) : Number((Number(word) * size + shift).toFixed(1))} `;
  });
}
