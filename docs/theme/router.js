// Where each page is: in the site as in the tree, so that a link of a guide reads the same in both.

import { BaseRouter } from "typedoc";
import { Slugger } from "./slugger.js";

export class Router extends BaseRouter {
  buildChildPages(target, pages) {
    super.buildChildPages(target, pages);
    if (target.isDocument()) this.sluggers.set(target, new Slugger());
  }

  /** `lessons/0_simple_test_packets/index`, `docs/struct`, `src/server.ts`; for the API `api/server.Server`. */
  getIdealBaseName(reflection) {
    if (reflection.isDocument())
      return reflection.frontmatter.path.replace(/\.md$/, "").replace(/\bREADME$/, "index");
    const names = [];
    for (let part = reflection; part && !part.isProject(); part = part.parent) names.unshift(part.name);
    return `api/${names.join(".")}`;
  }

  /** The page of the whole project is that of its API: the README has another. */
  getFileName(name) {
    return super.getFileName(name === "modules" ? "api" : name);
  }
}
