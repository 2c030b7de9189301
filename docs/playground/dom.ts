/**
 * Makes and finds elements. Text becomes text, never HTML: some of it comes from a stranger's link.
 *
 * @module
 */

/** The attributes of an element: true for one without a value, undefined or false for none. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * Makes an element.
 *
 * @param tag - its name
 * @param attributes - its attributes
 * @param children - elements, and texts
 * @returns the element
 */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  element.append(...children);
  return element;
}

/**
 * Sets attributes.
 *
 * @param element - the element
 * @param attributes - its attributes; false and undefined take one away
 */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

/**
 * Finds an element of index.html.
 *
 * @param id - its id
 * @param type - its class
 * @returns the element
 * @throws Error if there is none
 */
export function find<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof type) return element;
  throw new Error(`index.html has no ${type.name} with the id ${id}`);
}

/**
 * Sets a text that a screen reader says when it changes. Its element must exist before, even if it is empty, because
 * not every screen reader announces a new element.
 *
 * @param element - the element
 * @param text - the text, if there is any
 */
export function say(element: HTMLElement, text = ""): void {
  // Set it only if it changes, because screen readers repeat a text that is set again.
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Sets a text, or hides the element if there is none.
 *
 * @param element - the element
 * @param text - the text
 */
export function setText(element: HTMLElement, text: string | undefined): void {
  say(element, text);
  element.hidden = !text;
}

/**
 * Sets what an input shows, unless it shows that already: setting it would move the cursor.
 *
 * @param input - the input
 * @param value - what it is to show
 */
export function setValue(
  input: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement,
  value: string,
): void {
  if (input.value !== value) input.value = value;
}
