/**
 * Dark or light, as the rest of the site: its pages remember what was chosen there.
 *
 * @module
 */

/** Takes over what was chosen on another page of the site, if anything was; otherwise the operating system decides. */
export function followTheme(): void {
  try {
    const chosen = localStorage.getItem("tsd-theme") ?? "os";
    if (/^(dark|light)$/.test(chosen)) document.documentElement.dataset["theme"] = chosen;
  } catch {
    // A browser may refuse to remember anything.
  }
}
