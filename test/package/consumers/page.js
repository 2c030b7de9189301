// A page shows what the program prints, or why it does not run.
const shown = document.getElementById("printed");
addEventListener("error", ({ message }) => shown.append(message));
console.log = (text) => shown.append(text);

await import("./program.mjs");
