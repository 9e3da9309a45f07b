// What is kept belongs to this tab alone: the address stays short, and can be given away without it.
let asked = null;
export default function ({ data, setTriggerValue }) {
  let kept = null;
  try {
    kept = sessionStorage.getItem("draft");
  } catch {
    return;
  } // a browser that keeps nothing
  if (asked !== data.session) {
    asked = data.session;
    if (kept && !data.heard) {
      setTriggerValue("found", kept);
      return;
    }
  }
  if (data.draft)
    try {
      sessionStorage.setItem("draft", data.draft);
    } catch {
      /* it is full */
    }
}
