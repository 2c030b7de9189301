// The tools below the title of a guide: all answers open or folded, and printing.

const button = document.getElementById("open-answers");
const answers = [...document.querySelectorAll("details.answer")];

button?.addEventListener("click", () => {
  const open = answers.some((answer) => !answer.open);
  for (const answer of answers) answer.open = open;
  label();
});
// A reader may open the last of them by hand.
document.addEventListener("toggle", label, true);

function label() {
  if (!button) return;
  button.textContent = answers.every(({ open }) => open) ? "Fold all answers" : "Open all answers";
}

document.getElementById("print")?.addEventListener("click", () => print());

// What is folded belongs on paper too. The style shows it; browsers that don't know how need this.
const folds = () => document.querySelectorAll("main details:not([open])");
addEventListener("beforeprint", () => {
  for (const fold of folds()) {
    fold.dataset.printed = "";
    fold.open = true;
  }
});
addEventListener("afterprint", () => {
  for (const fold of document.querySelectorAll("details[data-printed]")) {
    delete fold.dataset.printed;
    fold.open = false;
  }
});
