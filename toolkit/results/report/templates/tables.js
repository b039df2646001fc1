// Sorting and copying of tables; without this script every table still reads.
const told = document.getElementById("told");

function tell(text) {
  told.textContent = text;
  setTimeout(() => { told.textContent = ""; }, 4000);
}

function value(row, column) {
  const text = row.cells[column].textContent.trim();
  const number = parseFloat(text.replace(/,/g, "").replace(/^<\s*/, ""));
  return Number.isNaN(number) ? text : number;
}

function compare(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === typeof b) return a.localeCompare(b, "en", { numeric: true });
  return typeof a === "number" ? -1 : 1;
}

function sort(table, header) {
  const up = header.getAttribute("aria-sort") !== "ascending";
  for (const other of header.parentNode.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", up ? "ascending" : "descending");
  const rows = [...table.tBodies[0].rows];
  const column = header.cellIndex;
  rows.sort((a, b) => (up ? 1 : -1) * compare(value(a, column), value(b, column)));
  table.tBodies[0].append(...rows);
}

function asText(table) {
  const rows = [...table.rows].filter((row) => !row.hidden);
  return rows.map((row) => [...row.cells].map((c) => c.textContent).join("\t")).join("\n");
}

async function copy(table, name) {
  try {
    await navigator.clipboard.writeText(asText(table));
    tell(`Copied: ${name}`);
  } catch {
    const range = document.createRange();
    range.selectNode(table);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    tell(document.execCommand("copy") ? `Copied: ${name}` : "Selected: press Ctrl+C to copy");
  }
}

function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.setAttribute("aria-label", label);
  made.addEventListener("click", act);
  return made;
}

// Says of tables and figures wider than their place that there is more to the right.
function hint(wide) {
  const words = document.createElement("p");
  words.className = "aside";
  words.textContent = "Scroll sideways for more \u2192";
  words.setAttribute("aria-hidden", "true");
  wide.after(words);
  const look = () => {
    wide.classList.toggle("more", wide.scrollLeft + wide.clientWidth < wide.scrollWidth - 2);
  };
  wide.addEventListener("scroll", look, { passive: true });
  const seen = new ResizeObserver(look);
  [wide, wide.firstElementChild].forEach((element) => seen.observe(element));
}

document.querySelectorAll(".wide").forEach(hint);

for (const table of document.querySelectorAll("table")) {
  const name = table.caption.textContent.trim();
  const copying = button("Copy", `Copy table: ${name}`, () => copy(table, name));
  copying.className = "copy";
  table.caption.firstElementChild.append(copying);
  if (table.tBodies[0].rows.length < 2) continue;
  for (const header of table.tHead.rows[0].cells) {
    const sorting = button(header.textContent, "", () => sort(table, header));
    header.replaceChildren(sorting);
  }
}
