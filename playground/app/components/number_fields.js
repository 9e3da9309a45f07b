// A browser's number field drops a comma without a word: 0,005 becomes 5. As a text field it keeps what was typed:
// the comma can be read, and what is no number can be refused before Streamlit reads the first part of it.
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const before = new WeakMap();
const field = (event) => event.target?.closest?.("[data-testid=stNumberInputField]");
const whole = (input) => Number.isInteger(Number(input.step)) && Number(input.max) <= Number.MAX_SAFE_INTEGER;

const put = (input, text) => {
  const caret = input.selectionStart;
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(input, text);
  input.setSelectionRange(caret, caret);
};
const say = (input, sentence) => {
  const box = input.closest("[data-testid=stNumberInput]");
  box.querySelector(".no-number")?.remove();
  if (!sentence) return;
  const note = Object.assign(document.createElement("div"), { className: "no-number", textContent: sentence });
  note.setAttribute("role", "alert");
  Object.assign(note.style, { fontSize: "0.85em", marginTop: "0.25rem" });
  box.append(note);
};

const begin = (event) => {
  const input = field(event);
  if (!input) return;
  if (input.type === "number") {
    Object.assign(input, { type: "text", inputMode: whole(input) ? "numeric" : "decimal", autocomplete: "off" });
    input.setAttribute("role", "spinbutton");
  }
  before.set(input, input.value);
};
const typed = (event) => {
  const input = field(event);
  if (!input) return;
  say(input, "");
  // In a whole number a comma may part thousands or begin a fraction: it is left, and refused when it is entered.
  if (input.value.includes(",") && !whole(input)) put(input, input.value.replaceAll(",", "."));
};
const commit = (event) => {
  const input = field(event);
  if (!input || (event.type === "keydown" && event.key !== "Enter")) return;
  const text = input.value.trim();
  const was = before.get(input) ?? "";
  const may = !text && (input.placeholder || !was);
  const bad = !may && (!NUMBER.test(text) || !Number.isFinite(Number(text)));
  const part = !may && !bad && whole(input) && !Number.isInteger(Number(text));
  const kept = bad || part ? was : text && whole(input) ? String(Number(text)) : text;
  if (kept !== input.value) {
    put(input, kept);
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (bad || part) {
    const example = whole(input) ? "a whole number such as 12" : "a number such as 0.005";
    say(input, text ? `“${text}” is not ${example}: ${was} stays.` : `It takes ${example}: ${was} stays.`);
  } else if (event.type === "keydown") before.set(input, kept);
};
window.readsNumbers?.abort();
window.readsNumbers = new AbortController();
const options = { capture: true, signal: window.readsNumbers.signal };
document.addEventListener("focusin", begin, options);
document.addEventListener("input", typed, options);
document.addEventListener("keydown", commit, options);
document.addEventListener("focusout", commit, options);
export default function () {}
