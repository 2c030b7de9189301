// The pages of the API where TypeDoc's differ: without folds, since a heading that folds cannot hold a link as well.

import { ReflectionKind } from "typedoc";
import { h } from "./jsx.js";

/** What a page of the API is about. */
export function apiTitle(context, model) {
  if (model.isProject()) {
    return h(
      "header",
      { class: "api-title" },
      h("h1", null, "API of ", h("code", null, "src/")),
      h("p", null, "What the lessons share: one module per file."),
    );
  }
  const kind = ReflectionKind.singularString(model.kind);
  return h(
    "header",
    { class: "api-title" },
    h(
      "p",
      null,
      kind,
      !model.parent.isProject() && [" of ", h("a", { href: context.urlTo(model.parent) }, model.parent.name)],
    ),
    h(
      "h1",
      null,
      model.name,
      model.typeParameters && `<${model.typeParameters.map(({ name }) => name).join(", ")}>`,
    ),
  );
}

/** A module, or all of them: a list with a line about each. */
export function apiModule(context, model) {
  return [
    context.commentSummary(model),
    context.commentTags(model),
    !model.isProject() && context.memberSources(model),
    groups(model).map(({ title, children }) => [
      !model.isProject() && heading(context, title),
      h(
        "dl",
        { class: "summaries" },
        children.map((child) => [
          // What is exported from elsewhere has no page here, only this place.
          h(
            "dt",
            { id: child.isReference() ? context.getAnchor(child) : undefined },
            h("a", { href: linkTo(context, child) }, child.name),
          ),
          h("dd", null, context.commentShortSummary(child)),
        ]),
      ),
    ]),
  ];
}

/** Links to the members of a class or an interface. */
export function apiIndex(context, model) {
  const members = groups(model).flatMap(({ children }) => children);
  return h(
    "ul",
    { class: "members" },
    members.map((member) => h("li", null, h("a", { href: context.urlTo(member) }, member.name))),
  );
}

/** The members themselves. */
export function apiMembers(context, model) {
  return groups(model).map(({ title, children }) => {
    const own = children.filter((child) => !context.router.hasOwnDocument(child));
    return own.length > 0 && [heading(context, title), own.map((member) => context.member(member))];
  });
}

function linkTo(context, child) {
  return context.urlTo(child.isReference() ? child.getTargetReflectionDeep() : child);
}

function heading(context, title) {
  return h("h2", { id: context.slugger.slug(title) }, title);
}

/** What a reflection holds, as TypeDoc groups it. Documents are not part of the API. */
function groups(model) {
  return (model.groups ?? []).filter(({ children }) => children.some((child) => !child.isDocument()));
}
