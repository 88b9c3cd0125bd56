// The editor of a rule: event types to choose from, and a condition in rows.
// The rows are written in CEL by the server, so that there is one writer and one reader of conditions.

const LATER = 200; // milliseconds of rest after a key

const after = (wait, call) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(call, wait);
  };
};

const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

const post = (url, body) =>
  fetch(url, { method: "POST", headers: { "X-CSRFToken": token(), Accept: "application/json" }, body });

/** Tell the editor that something changed, as typing in a field of its own would. */
const changed = (field) => {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
};

class EventTypes {
  constructor(area, told) {
    this.area = area;
    this.told = told;
    this.fields = [];
    this.box = document.createElement("div");
    this.box.className = "event-types";
    area.after(this.box);
    area.addEventListener("input", () => this.mark());
    area.addEventListener("input", after(LATER, told));
    this.load();
  }

  chosen() {
    return this.area.value.split("\n").map((line) => line.trim()).filter(Boolean);
  }

  async load() {
    const answer = await fetch(this.area.dataset.seenUrl);
    if (!answer.ok) return;
    const seen = await answer.json();
    this.fields = seen.fields;
    this.show(seen.types);
    this.told();
  }

  show(types) {
    const said = document.createElement("p");
    said.className = "help";
    said.textContent = types.length
      ? "Seen in the last 30 days, with how many of each:"
      : "No event has come in within the last 30 days, so there are none to choose from yet.";
    const list = document.createElement("ul");
    for (const [type, count] of types) {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.type = type;
      const number = document.createElement("span");
      number.textContent = count.toLocaleString();
      button.append(type, " ", number);
      button.addEventListener("click", () => this.toggle(type));
      const item = document.createElement("li");
      item.append(button);
      list.append(item);
    }
    this.box.replaceChildren(said, ...(types.length ? [list] : []));
    this.mark();
  }

  toggle(type) {
    const now = this.chosen();
    const next = now.includes(type) ? now.filter((one) => one !== type) : [...now, type];
    this.area.value = next.join("\n");
    changed(this.area);
  }

  mark() {
    const now = this.chosen();
    for (const button of this.box.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(now.includes(button.dataset.type)));
  }

  /** The fields of the chosen types, or of all where nothing of these was seen. */
  fieldsNow() {
    const now = this.chosen();
    const theirs = this.fields.filter((field) => !field.types.length || field.types.some((type) => now.includes(type)));
    return theirs.some((field) => field.types.length) ? theirs : this.fields;
  }
}

class Condition {
  constructor(box, fields) {
    this.box = box;
    this.fields = fields;
    this.hand = box.querySelector("[data-hand] input");
    this.hidden = box.querySelector("[name$=-rows]");
    this.name = this.hidden.name.replace(/-rows$/, "");
    this.list = box.querySelector("[data-list]");
    this.join = box.querySelector("[data-join] select");
    this.code = box.querySelector("[data-written] code");
    this.problem = box.querySelector("[data-problem]");
    this.asked = 0;
    this.later = after(LATER, () => this.check());
    const rows = JSON.parse(this.hidden.value || '{"join":"all","rows":[]}');
    this.join.value = rows.join;
    for (const row of rows.rows) this.addRow(row);
    this.code.textContent = this.hand.value;
    box.querySelector("[data-by]").hidden = false;
    box.querySelector("[data-add]").addEventListener("click", () => {
      this.addRow({ field: "", op: "is", kind: "text", values: [""] }).querySelector("[data-of=field]").focus();
      this.changed();
    });
    this.join.addEventListener("change", () => this.changed());
    this.hand.addEventListener("input", this.later);
    for (const radio of box.querySelectorAll("[data-by] input"))
      radio.addEventListener("change", () => (radio.value === "rows" ? this.toRows() : this.toHand()));
    this.show();
    if (this.by() === "rows" && rows.rows.length) this.check();
  }

  by() {
    return this.box.querySelector("[data-by] input:checked").value;
  }

  show() {
    const rows = this.by() === "rows";
    this.box.querySelector("[data-rows]").hidden = !rows;
    this.box.querySelector("[data-hand]").hidden = rows;
    this.box.querySelector("[data-none]").hidden = this.list.children.length > 0;
    this.box.querySelector("[data-join]").hidden = this.list.children.length < 2;
    [...this.list.children].forEach((item, place) => this.nameParts(item, place + 1));
  }

  nameParts(item, number) {
    const said = { field: "Field", op: "Comparison", value: "Value", yes_no: "Value", several: "Values, one a line", kind: "Kind of value" };
    for (const [part, words] of Object.entries(said))
      item.querySelector(`[data-of=${part}]`).setAttribute("aria-label", `${words} of row ${number}`);
    item.querySelector("[data-remove]").setAttribute("aria-label", `Remove row ${number}`);
  }

  addRow(row) {
    const item = this.box.querySelector("template").content.cloneNode(true).firstElementChild;
    const part = (name) => item.querySelector(`[data-of=${name}]`);
    const values = document.createElement("datalist");
    values.id = `${this.name}-values-${Date.now()}-${this.list.children.length}`;
    item.append(values);
    part("value").setAttribute("list", values.id);
    part("field").value = row.field;
    part("op").value = row.op;
    part("kind").value = row.kind;
    part("value").value = row.values[0] ?? "";
    part("yes_no").value = row.values[0] === "no" ? "no" : "yes";
    part("several").value = row.values.join("\n");
    item.addEventListener("input", (event) => {
      if (event.target === part("field")) this.suggest(item, true);
      this.fit(item);
      this.changed();
    });
    item.querySelector("[data-remove]").addEventListener("click", () => this.remove(item));
    this.list.append(item);
    this.suggest(item, false);
    this.fit(item);
    return item;
  }

  remove(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    (next ? next.querySelector("[data-remove]") : this.box.querySelector("[data-add]")).focus();
    this.changed();
  }

  /** Show what a comparison needs: one value, several, yes or no, or none. */
  fit(item) {
    const part = (name) => item.querySelector(`[data-of=${name}]`);
    const op = part("op").value;
    const numeric = op === "more_than" || op === "less_than";
    const kind = numeric ? "number" : op === "contains" ? "text" : part("kind").value;
    const several = op === "is_one_of";
    part("several").hidden = !several;
    part("yes_no").hidden = op === "exists" || several || kind !== "yes_no";
    part("value").hidden = op === "exists" || several || kind === "yes_no";
    part("value").inputMode = kind === "number" ? "decimal" : "text";
    part("kind").hidden = numeric || op === "contains" || op === "exists";
  }

  suggest(item, chosen) {
    const field = this.fields().find((one) => one.name === item.querySelector("[data-of=field]").value.trim());
    const options = (field?.values ?? []).map((value) => new Option(value));
    item.querySelector("datalist").replaceChildren(...options);
    if (!field || !chosen) return;
    if (field.kind === "list") item.querySelector("[data-of=op]").value = "has_item";
    item.querySelector("[data-of=kind]").value = field.kind === "list" ? "text" : field.kind;
  }

  /** The fields that are known have changed. */
  offer() {
    document.getElementById(`${this.name}-fields`).replaceChildren(...this.fields().map((field) => new Option(field.name)));
    for (const item of this.list.children) this.suggest(item, false);
  }

  rows() {
    const row = (item) => {
      const part = (name) => item.querySelector(`[data-of=${name}]`);
      const op = part("op").value;
      const one = part("yes_no").hidden ? part("value").value : part("yes_no").value;
      const several = part("several").value.split("\n").filter((line) => line.trim());
      return {
        field: part("field").value,
        op,
        kind: part("kind").value,
        values: op === "exists" ? [] : op === "is_one_of" ? several : [one],
      };
    };
    return { join: this.join.value, rows: [...this.list.children].map(row) };
  }

  changed() {
    this.show();
    this.hidden.value = JSON.stringify(this.rows());
    changed(this.hidden);
    this.later();
  }

  async ask(question) {
    const mine = ++this.asked;
    const answer = await post(this.box.dataset.url, JSON.stringify(question)).catch(() => null);
    if (mine !== this.asked) return null;
    if (!answer?.ok) {
      this.problem.textContent = "The condition cannot be checked just now. It is checked again when you save.";
      return null;
    }
    return answer.json();
  }

  async check() {
    const rows = this.by() === "rows";
    const said = await this.ask(rows ? { rows: this.rows() } : { when: this.hand.value });
    if (!said) return;
    this.say(said.problem, said.place);
    if (!rows) return;
    this.code.textContent = said.when ?? "not written yet: a row is unfinished";
    if (said.when === null) return;
    this.hand.value = said.when;
  }

  say(problem, place) {
    this.problem.textContent = problem;
    this.hand.setAttribute("aria-invalid", String(Boolean(problem) && place === null));
    [...this.list.children].forEach((item, at) => {
      item.classList.toggle("wrong", at === place);
      item.querySelector("[data-of=field]").setAttribute("aria-invalid", String(at === place));
    });
  }

  async toRows() {
    const said = await this.ask({ when: this.hand.value });
    if (!said?.rows) {
      this.box.querySelector("[data-by] input[value=hand]").checked = true;
      this.box.querySelector("[data-by] input[value=hand]").focus();
      if (said) this.problem.textContent = said.problem || "This condition says more than rows can, so it stays written by hand.";
      return;
    }
    this.list.replaceChildren();
    this.join.value = said.rows.join;
    for (const row of said.rows.rows) this.addRow(row);
    this.code.textContent = this.hand.value;
    this.say("", null);
    this.hidden.value = JSON.stringify(this.rows());
    changed(this.hidden);
    this.show();
  }

  toHand() {
    this.say("", null);
    this.show();
    this.hand.focus();
    changed(this.hand);
  }
}

const start = () => {
  const box = document.querySelector("[data-condition]");
  const area = document.querySelector("[data-seen-url]");
  if (!box || !area) return;
  let condition = null;
  const types = new EventTypes(area, () => condition?.offer());
  condition = new Condition(box, () => types.fieldsNow());
};

start();
