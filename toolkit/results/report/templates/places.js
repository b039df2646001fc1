// Where everything of the feeder lies on the screen: layouts, zoom, and what is near a point.

const MARGIN = { left: 26, right: 26, top: 46, bottom: 30 };
const CLOSEST = 400;
// Branches shorter than this have no arrow, px; powers of less than this no direction, kW.
const ARROW = 30;
const STILL = 0.005;

class Places {
  constructor(data) {
    this.data = data;
    this.count = data.buses.length;
    this.dots = new Array(this.count);
    this.ways = new Array(data.lines.length);
    this.tips = new Array(data.lines.length);
    this.x = new Float64Array(this.count);
    this.y = new Float64Array(this.count);
    this.use(data.map ? "map" : "tree");
    this.whole();
  }

  use(layout) {
    this.layout = layout;
    const flat = this.data[layout];
    this.extent = [0, 0];
    this.rows = new Set(flat.filter((_, i) => i % 2)).size;
    for (let i = 0; i < flat.length; i += 1) {
      this.extent[i % 2] = Math.max(this.extent[i % 2], flat[i]);
    }
  }

  whole() {
    [this.zoom, this.right, this.down] = [1, 0, 0];
  }

  resize(width, height) {
    [this.width, this.height] = [width, height];
    this.settle();
  }

  // Works out where each bus is, px. A map keeps one scale for both axes.
  settle() {
    const { left, right, top, bottom } = MARGIN;
    const room = [this.width - left - right, this.height - top - bottom];
    let scale = room.map((px, axis) => px / (this.extent[axis] || 1));
    if (this.layout === "map") scale = Array(2).fill(Math.min(...scale));
    const start = [0, 1].map((axis) => (room[axis] - scale[axis] * this.extent[axis]) / 2);
    const flat = this.data[this.layout];
    for (let bus = 0; bus < this.count; bus += 1) {
      this.x[bus] = (left + start[0] + flat[2 * bus] * scale[0]) * this.zoom + this.right;
      this.y[bus] = (top + start[1] + flat[2 * bus + 1] * scale[1]) * this.zoom + this.down;
      this.dots[bus] = `M${this.x[bus].toFixed(1)} ${this.y[bus].toFixed(1)}h0`;
    }
    for (let line = 0; line < this.ways.length; line += 1) {
      const corners = this.corners(line);
      const points = corners.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
      this.ways[line] = `M${points.join("L")}`;
      this.tips[line] = tips(corners);
    }
  }

  zoomBy(times, x = this.width / 2, y = this.height / 2) {
    const zoom = Math.max(1, Math.min(CLOSEST, this.zoom * times));
    const share = zoom / this.zoom;
    this.right = x - (x - this.right) * share;
    this.down = y - (y - this.down) * share;
    this.zoom = zoom;
    this.keep();
  }

  pan(right, down) {
    this.right += right;
    this.down += down;
    this.keep();
  }

  // No edge of the feeder's frame comes into the middle of the picture's.
  keep() {
    this.right = Math.min(0, Math.max(this.width * (1 - this.zoom), this.right));
    this.down = Math.min(0, Math.max(this.height * (1 - this.zoom), this.down));
    this.settle();
  }

  seen(bus, edge = 0) {
    const [x, y] = [this.x[bus], this.y[bus]];
    return x >= edge && y >= edge && x <= this.width - edge && y <= this.height - edge;
  }

  show(bus) {
    if (this.seen(bus, 20)) return;
    this.pan(this.width / 2 - this.x[bus], this.height / 2 - this.y[bus]);
  }

  // The corners of a branch, [x, y, ...]: a bend where the one-line diagram has one.
  corners(line) {
    const [a, b] = [this.data.ends[2 * line], this.data.ends[2 * line + 1]];
    const ends = [[this.x[a], this.y[a]], [this.x[b], this.y[b]]];
    const bend = this.layout === "tree" ? this.data.bends[line] : 0;
    if (bend === 1) ends.splice(1, 0, [this.x[a], this.y[b]]);
    if (bend === 2) ends.splice(1, 0, [this.x[b], this.y[a]]);
    return ends;
  }

  nearestBus(x, y, within) {
    let [best, found] = [within * within, -1];
    for (let bus = 0; bus < this.count; bus += 1) {
      const far = (this.x[bus] - x) ** 2 + (this.y[bus] - y) ** 2;
      if (far < best) [best, found] = [far, bus];
    }
    return found;
  }

  nearestLine(x, y, within) {
    let [best, found] = [within, -1];
    for (let line = 0; line < this.data.lines.length; line += 1) {
      const corners = this.corners(line);
      for (let k = 1; k < corners.length; k += 1) {
        const far = distance([x, y], corners[k - 1], corners[k]);
        if (far < best) [best, found] = [far, line];
      }
    }
    return found;
  }

  // The bus next to another on the screen in a direction, [1, 0] being right.
  beside(bus, [right, down]) {
    let [best, found] = [Infinity, bus];
    for (let other = 0; other < this.count; other += 1) {
      const [dx, dy] = [this.x[other] - this.x[bus], this.y[other] - this.y[bus]];
      const along = dx * right + dy * down;
      const aside = Math.abs(dx * down - dy * right);
      if (along > 0.5 && aside <= along && along + 2 * aside < best) {
        [best, found] = [along + 2 * aside, other];
      }
    }
    return found;
  }
}

// Arrows in the middle of a branch's last part, on its way and back; none where it is short.
function tips(corners) {
  const [[ax, ay], [bx, by]] = corners.slice(-2);
  const long = Math.hypot(bx - ax, by - ay);
  if (long < ARROW) return null;
  return [1, -1].map((sign) => {
    const [ux, uy] = [sign * (bx - ax) / long, sign * (by - ay) / long];
    const [x, y] = [(ax + bx) / 2 + 5 * ux, (ay + by) / 2 + 5 * uy];
    const wing = (side) =>
      `${(x - 10 * ux + side * 5 * uy).toFixed(1)} ${(y - 10 * uy - side * 5 * ux).toFixed(1)}`;
    return `M${wing(1)}L${x.toFixed(1)} ${y.toFixed(1)}L${wing(-1)}Z`;
  });
}

function distance([x, y], [ax, ay], [bx, by]) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1);
  const on = Math.max(0, Math.min(1, share));
  return Math.hypot(x - ax - on * dx, y - ay - on * dy);
}
