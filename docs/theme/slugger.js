// Anchors as code hosts make them: then a link to a heading works in the site as it does beside the code.

import { Slugger as TypeDocSlugger } from "typedoc";

export class Slugger extends TypeDocSlugger {
  constructor() {
    super({ lowercase: true });
  }

  /** "Step 3 · Compute" becomes "step-3--compute": what is no part of a word goes, and each space becomes a hyphen. */
  serialize(title) {
    return title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
  }
}
