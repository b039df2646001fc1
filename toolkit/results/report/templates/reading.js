// What a case's series say at an hour, as numbers and in words.

const LARGEST = 8;

class Reading {
  // at: the units at each bus that has some. Parties are the buses, then third parties.
  constructor(data, held, series, at) {
    [this.data, this.units, this.series, this.at] = [data, held.units, series, at];
    this.third = held.third || [];
  }

  // A party by its name, and as a sentence says it.
  party(i) {
    return this.data.buses[i] ?? this.third[i - this.data.buses.length];
  }

  spoken(i) {
    return i < this.data.buses.length ? `bus ${this.party(i)}` : this.party(i);
  }

  // The buses where a party gives (way 1) or takes (way -1): its own, or those of its units.
  places(i, step, way) {
    const third = i - this.data.buses.length;
    if (third < 0) return [i];
    const power = this.series["units.p_kw"];
    return [...new Set(this.units.flatMap((unit, u) =>
      (unit.third === third && unit.bus >= 0 && way * power.at(step, u) > 0 ? [unit.bus] : [])))];
  }

  // Pairs as bows from bus to bus; a sale at one bus is none.
  bows(step) {
    return this.pairs(step).flatMap(([from, to]) =>
      this.places(from, step, 1).flatMap((start) =>
        this.places(to, step, -1).filter((end) => end !== start).map((end) => [start, end])));
  }

  // The values of one thing over steps that follow each other.
  course(name, thing, start, count) {
    return Array.from({ length: count }, (_, i) => this.series[name].at(start + i, thing));
  }

  // The most loaded branches, [branch, %], the highest first.
  loaded(step) {
    const loading = this.series["lines.loading_pct"];
    if (!loading) return [];
    const found = [];
    for (let line = 0; line < loading.things; line += 1) {
      const value = loading.at(step, line);
      if (!Number.isNaN(value)) found.push([line, value]);
    }
    return found.sort((a, b) => b[1] - a[1]).slice(0, LARGEST);
  }

  // The parties that sell or buy at this hour, [party, kWh], the largest first.
  trading(way, step) {
    const found = [];
    for (const [part, first] of [["buses", 0], ["third", this.data.buses.length]]) {
      const side = this.series[`${part}.${way}_kwh`];
      for (let i = 0; side && i < side.things; i += 1) {
        if (side.at(step, i) > 0) found.push([first + i, side.at(step, i)]);
      }
    }
    return found.sort((a, b) => b[1] - a[1]);
  }

  // Sales of this hour, [seller, buyer, kWh], the largest first; all of one bus, or of the largest.
  pairs(step, bus = -1) {
    const [sellers, buyers] = [this.trading("sell", step), this.trading("buy", step)];
    const total = buyers.reduce((sum, one) => sum + one[1], 0);
    const among = (side) => side.some((one) => one[0] === bus);
    const of = (side, other) => {
      if (among(side)) return side.filter((one) => one[0] === bus);
      return bus < 0 || among(other) ? side.slice(0, LARGEST) : [];
    };
    const found = of(sellers, buyers).flatMap(([from, sold]) =>
      of(buyers, sellers).map(([to, bought]) => [from, to, sold * bought / total]));
    return found.sort((a, b) => b[2] - a[2]).slice(0, LARGEST);
  }

  // What is sold at this hour besides pairs, kWh.
  untold(step, pairs) {
    const sum = (rows, column) => rows.reduce((total, row) => total + row[column], 0);
    return sum(this.trading("sell", step), 1) - sum(pairs, 2);
  }

  // Whether the voltages of a bus are one: it has one phase, or its phases are alike.
  onePhase(bus) {
    const [low, high] = ["v_min_pu", "v_max_pu"].map((name) => this.series[`buses.${name}`]);
    return Array.from({ length: low.steps }, (_, i) => i)
      .every((step) => !(low.at(step, bus) !== high.at(step, bus)));
  }

  // The bus of the lowest voltage, in brackets.
  where(step) {
    const low = this.series["buses.v_min_pu"];
    let [least, found] = [Infinity, -1];
    for (let bus = 0; bus < low.things; bus += 1) {
      if (low.at(step, bus) < least) [least, found] = [low.at(step, bus), bus];
    }
    return found < 0 ? "" : ` (bus ${this.data.buses[found]})`;
  }

  // The values of a bus at this hour, in words.
  bus(step, bus, long = false) {
    const at = (name) => this.series[`buses.${name}`].at(step, bus);
    const volts = [at("v_min_pu"), at("v_max_pu")].map((value) => written(value, 4));
    const shown = volts[0] === volts[1] ? volts[0] : volts.join(" to ");
    const units = (this.at.get(bus) || []).map((i) => {
      const { name, kwh } = this.units[i];
      const kw = written(this.series["units.p_kw"].at(step, i), 1);
      const stored = kwh > 0 ? this.series["units.soc_kwh"].at(step, i) / kwh : NaN;
      const charge = Number.isNaN(stored) ? "" : `, ${written(100 * stored, 0)} % charged`;
      return `${name} ${kw} kW${charge}`;
    });
    const traded = [["sells", at("sell_kwh")], ["buys", at("buy_kwh")]]
      .filter((one) => one[1] > 0).map(([verb, kwh]) => `${verb} ${written(kwh, 1)} kWh`);
    const unbalance = this.series["buses.unbalance_pct"]?.at(step, bus);
    const uneven = Number.isFinite(unbalance) ? [`unbalance ${written(unbalance, 2)} %`] : [];
    const to = long ? this.pairs(step, bus).filter((pair) => pair.includes(bus)).slice(0, 6).map(
      ([from, buyer, kwh]) => `${from === bus ? "to" : "from"} `
        + `${this.spoken(from === bus ? buyer : from)} ${written(kwh, 1)} kWh`) : [];
    const load = `load ${written(at("load_kw"), 1)} kW`;
    return [`${shown} pu`, ...uneven, load, ...units, ...traded].join("; ")
      + (to.length ? ` (${to.join(", ")})` : "");
  }

  line(step, line) {
    const at = (name) => this.series[`lines.${name}`].at(step, line);
    const [from, to] = [0, 1].map((end) => this.data.buses[this.data.ends[2 * line + end]]);
    const [kw, share] = [at("p_kw"), at("loading_pct")];
    const way = kw >= 0 ? `from bus ${from} to bus ${to}` : `from bus ${to} to bus ${from}`;
    const loading = Number.isNaN(share) ? "no rating" : `${written(share, 1)} % loaded`;
    const power = `${written(Math.abs(kw), 1)} kW ${way}`;
    return `${this.data.lines[line]}: ${power}, ${written(at("i_a"), 1)} A, ${loading}`;
  }

  tip(step, bus, line = -1) {
    if (bus >= 0) return `bus ${this.data.buses[bus]}: ${this.bus(step, bus)}`;
    return line >= 0 ? this.line(step, line) : "";
  }
}
