// Runs before the page is drawn: light or dark, as it was chosen last. The choice is TypeDoc's own.
try {
  document.documentElement.dataset.theme = localStorage.getItem("tsd-theme") ?? "os";
} catch {
  document.documentElement.dataset.theme = "os"; // a browser that keeps nothing
}
