// Slider, keys and pointer of the part "Hour by hour", and its beginning.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

class Player {
  constructor(hours) {
    this.hours = hours;
    this.timer = 0;
    this.button = hours.part("play");
    this.button.addEventListener("click", () => (this.timer ? this.stop() : this.play()));
  }

  play() {
    this.button.textContent = "Stop";
    this.timer = setInterval(() => this.next(), FRAME_MS);
    this.next();
  }

  next() {
    const steps = this.hours.data.days.reduce((sum, day) => sum + day[1], 0);
    this.hours.goTo((this.hours.step + 1) % steps);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.button.textContent = "Play";
  }
}

function wireControls(hours, player) {
  const { part, data, map } = hours;
  const redraw = () => { map.fit(); hours.drawMap(); };
  part("case").addEventListener("change", (event) => {
    player.stop();
    hours.use(Number(event.target.value));
  });
  part("layout").addEventListener("change", (event) => {
    map.places.use(event.target.value);
    map.places.whole();
    redraw();
  });
  part("find").addEventListener("change", (event) => {
    const bus = data.buses.indexOf(event.target.value.trim());
    if (bus >= 0) hours.choose(bus);
    else tell(`No bus is called ${event.target.value}`);
  });
  part("trades").addEventListener("change", () => hours.drawMap());
  part("hour").addEventListener("input", (event) => {
    player.stop();
    hours.goTo(hours.starts[hours.day] + Number(event.target.value));
  });
  part("day").addEventListener("input", (event) => {
    player.stop();
    const day = Number(event.target.value);
    const within = Math.min(hours.step - hours.starts[hours.day], data.days[day][1] - 1);
    hours.goTo(hours.starts[day] + within);
  });
  const zoom = (act) => () => { act(); hours.drawMap(); };
  part("in").addEventListener("click", zoom(() => map.places.zoomBy(1.5)));
  part("out").addEventListener("click", zoom(() => map.places.zoomBy(1 / 1.5)));
  part("all").addEventListener("click", zoom(() => { map.places.whole(); map.places.settle(); }));
  new ResizeObserver(() => { redraw(); hours.drawDay(); }).observe(map.svg);
}

function wirePointer(hours) {
  const { svg, places } = hours.map;
  const tip = hours.part("tip");
  let held = null;
  let moved = false;
  const at = (event) => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const show = (event) => {
    const [x, y] = at(event);
    const bus = places.nearestBus(x, y, event.pointerType === "touch" ? 22 : 11);
    const line = bus < 0 ? places.nearestLine(x, y, 9) : -1;
    reveal(tip, hours.reading.tip(hours.step, bus, line), x, y, places.width);
    return bus;
  };
  svg.addEventListener("pointerdown", (event) => { [held, moved] = [at(event), false]; });
  svg.addEventListener("pointermove", (event) => {
    const [x, y] = at(event);
    if (!held || !event.buttons) { show(event); return; }
    if (Math.hypot(x - held[0], y - held[1]) < 4 && !moved) return;
    moved = true;
    places.pan(x - held[0], y - held[1]);
    held = [x, y];
    hours.drawMap();
  });
  svg.addEventListener("pointerleave", () => { held = null; reveal(tip, ""); });
  svg.addEventListener("pointerup", () => { held = null; });
  svg.addEventListener("click", (event) => {
    const bus = moved ? -1 : show(event);
    if (bus >= 0) hours.choose(bus);
  });
  svg.addEventListener("dblclick", (event) => { places.zoomBy(2, ...at(event)); hours.drawMap(); });
  svg.addEventListener("wheel", (event) => {
    // A page is scrolled over the map as elsewhere, until the map has been chosen.
    if (document.activeElement !== svg && !event.ctrlKey) return;
    event.preventDefault();
    places.zoomBy(event.deltaY < 0 ? 1.25 : 0.8, ...at(event));
    hours.drawMap();
  }, { passive: false });
}

// Shows a text beside a point, inside the picture.
function reveal(tip, text, x = 0, y = 0, width = 0) {
  if (tip.textContent !== text) tip.textContent = text;
  if (!text) return;
  const room = tip.offsetWidth;
  tip.style.left = `${Math.max(4, Math.min(width - room - 4, x - room / 2))}px`;
  tip.style.top = `${y > tip.offsetHeight + 24 ? y - tip.offsetHeight - 14 : y + 18}px`;
}

function wireKeys(hours) {
  const { svg, places } = hours.map;
  const tip = hours.part("tip");
  const look = () => {
    places.show(hours.focus);
    hours.drawMap();
    const [x, y] = [places.x[hours.focus], places.y[hours.focus]];
    reveal(tip, hours.reading.tip(hours.step, hours.focus), x, y, places.width);
  };
  const acts = {
    "+": () => places.zoomBy(1.5), "=": () => places.zoomBy(1.5), "-": () => places.zoomBy(1 / 1.5),
    0: () => { places.whole(); places.settle(); },
  };
  svg.addEventListener("focus", () => {
    if (!svg.matches(":focus-visible")) return;
    hours.focus = hours.chosen < 0 ? hours.data.head : hours.chosen;
    look();
  });
  svg.addEventListener("blur", () => { hours.focus = -1; reveal(tip, ""); hours.drawMap(); });
  svg.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (hours.focus < 0) hours.focus = hours.chosen < 0 ? hours.data.head : hours.chosen;
    if (WAYS[event.key]) hours.focus = places.beside(hours.focus, WAYS[event.key]);
    else if (event.key === "Enter" || event.key === " ") hours.choose(hours.focus);
    else if (acts[event.key]) acts[event.key]();
    else return;
    event.preventDefault();
    look();
  });
}

async function startHours() {
  const section = document.getElementById("hours");
  if (!section) return;
  const data = JSON.parse(document.getElementById("hours-data").textContent);
  const hours = new Hours(section, data);
  hours.map.fit();
  await hours.use(0);
  const player = new Player(hours);
  wireControls(hours, player);
  wirePointer(hours);
  wireKeys(hours);
  section.dataset.ready = "yes";
}

const hoursReady = startHours();
