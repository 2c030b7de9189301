// What the site makes of Markdown besides what TypeDoc does: terminals, drawings and tables.

/** The comment that a guide has above the lines of a terminal; `docs/transcripts.ts` runs what it says. */
const TERMINAL = /<!-- terminal: ([\w ]+?)(, random)? -->\s*$/;

/** A line of `--bytes`: what it starts with, the bytes, and what they mean. */
const BYTES = /^(.*?[→←] )((?:[0-9A-F]{2}|…|│| )+?(?: \d+ bytes)?)( {2,}\S.*|)$/;

/** A line that may have to be broken is in an element of its own, so that it goes on a little to the right. In characters. */
const LONG = 80;

/** A drawing with more columns than this is told how many it has, so that its style can make it fit. */
const MANY_COLUMNS = 96;

/** Signs that are joined to those in the line above or below. */
const DRAWING = /[│┌┐└┘├┤┬┴┼▼▲]/;

/**
 * Extends TypeDoc's parser.
 *
 * @param parser - a markdown-it parser, as TypeDoc has set it up
 * @param {Map<string, string>} pictures what `docs/pictures` draws, by the names of its files
 * @param {Map<string, string>} addresses what the playground's address ends with, for the pictures of packets
 */
export function extendMarkdown(parser, pictures, addresses) {
  const { rules } = parser.renderer;

  // A picture is put into the page, where it has the page's colours, and its words can be searched and copied.
  const image = rules.image;
  rules.image = (tokens, index, ...more) => {
    // TypeDoc leads to its copy of the picture, `../media/1_request.svg`: the playground is beside that folder.
    const [, site, name] = /^(.*?)(?:media\/)?([^/]+\.svg)$/.exec(tokens[index].attrGet("src") ?? "") ?? [];
    const picture = pictures.get(name);
    if (!picture) return image(tokens, index, ...more);
    const address = addresses.get(name);
    const link = address ? playgroundLink(`${site}playground/index.html${address}`) : "";
    return inPage(picture, tokens[index].content) + link;
  };
  const fence = rules.fence;

  rules.fence = (tokens, index, options, env, self) => {
    const { info, content } = tokens[index];
    if (info === "console") return terminal(content, TERMINAL.exec(tokens[index - 1]?.content ?? "")?.[1]);
    if (info === "text") return drawing(content);
    return fence(tokens, index, options, env, self);
  };
  rules.code_block = (tokens, index) => drawing(tokens[index].content);

  // A short piece of code is not broken at a hyphen.
  rules.code_inline = (tokens, index) => {
    const { content } = tokens[index];
    return `<code${content.length < 25 ? ' class="short"' : ""}>${escapeHtml(content)}</code>`;
  };

  // A question whose answer is folded.
  const paragraph = rules.paragraph_open;
  rules.paragraph_open = (tokens, index, options, env, self) => {
    if (tokens[index + 1].content.startsWith("**Predict:**")) tokens[index].attrJoin("class", "predict");
    return paragraph
      ? paragraph(tokens, index, options, env, self)
      : self.renderToken(tokens, index, options);
  };

  // Comments tell docs/transcripts.ts what to run. A reader of the page need not load them.
  const html = rules.html_block;
  rules.html_block = (...given) => html(...given).replace(/<!--.*?-->\n?/gs, "");

  // A wide table scrolls by itself. The policy of the site allows no style in an attribute, so a class aligns a column.
  rules.table_open = () => '<div class="table"><table>\n';
  rules.table_close = () => "</table></div>\n";
  for (const cell of ["th_open", "td_open"]) {
    rules[cell] = (tokens, index, options, _env, self) => {
      const token = tokens[index];
      const [, side] = /text-align:(\w+)/.exec(token.attrGet("style") ?? "") ?? [];
      token.attrs = side ? [["class", side]] : null;
      return self.renderToken(tokens, index, options);
    };
  }
}

/** The lines of a terminal: what is typed there, each command with a button that copies it, and what is printed. */
function terminal(content, name) {
  const parts = content.trimEnd().split(name ? /^\$ (.*)$/m : /^((?:\$|npm|npx|node|deno|bun) .*)$/m);
  const body = parts.map((part, index) => {
    if (index % 2) {
      const button = '<button type="button">Copy</button>';
      return `<pre class="command"><code>${escapeHtml(part.replace(/^\$ /, ""))}</code>${button}</pre>\n`;
    }
    const lines = part.replace(/^\n|\n$/g, "");
    return (
      lines && `<pre class="output"><samp>${lines.split("\n").map(outputLine).join("\n")}</samp></pre>\n`
    );
  });
  const caption = name ? `<figcaption>${name}</figcaption>\n` : "";
  return `<figure class="terminal ${roleOf(name)}">\n${caption}${body.join("")}</figure>\n`;
}

/** Terminals have the colours that `npm start` gives its programs. */
function roleOf(name = "") {
  if (name.includes("server")) return "cyan";
  if (name.includes("attack")) return "amber";
  if (/second|silent/.test(name)) return "blue";
  return name ? "magenta" : "plain";
}

function outputLine(line) {
  return line.length > LONG ? `<span class="long">${printed(line)}</span>` : printed(line);
}

/**
 * A printed line. Its bytes have the colours of their fields, as in the terminal, if it shows a packet from its start.
 */
function printed(line) {
  const [, start, bytes, rest] = BYTES.exec(line) ?? [];
  if (/^[✓✗]/.test(line))
    return `<span class="${line.startsWith("✓") ? "yes" : "no"}">${line[0]}</span>${escapeHtml(line.slice(1))}`;
  if (bytes === undefined || bytes.startsWith("…") || !bytes.includes("│")) return escapeHtml(line);
  const fields = bytes.split(" │ ").map((field, index) => `<span class="field-${index % 4}">${field}</span>`);
  return `${escapeHtml(start)}${fields.join(" │ ")}${escapeHtml(rest)}`;
}

/** A picture without its own colours. The alternative text says less than the picture's own description. */
function inPage(picture, alt) {
  const shapes = picture
    .replace(/<style>.*?<\/style>\n/s, "")
    .replace(/<title>.*?<\/title>/s, `<title>${escapeHtml(alt)}</title>`);
  const [, description] = /<desc>(.*?)<\/desc>/s.exec(picture) ?? [];
  return `<span class="picture">${shapes.trim()}</span>${stacked(alt, description?.split(".\n") ?? [])}`;
}

/** What happens in a conversation: when, between whom, and what. */
const HAPPENS =
  /^(?:At (\S+ s) )?(?:the )?((?:client|server)(?: \d)?) (?:to (?:the )?(\w+(?: \d)?): |says: )(.*)$/s;

/**
 * A conversation for narrow windows, where the lanes of its picture don't fit beside each other: each event is below the
 * one before. The picture's description has a line for each, so a picture of anything else has none.
 */
function stacked(alt, events) {
  if (events.length < 2) return "";
  const items = events.map((event) => {
    const [, time = "", from, to, what = event] = HAPPENS.exec(event) ?? [];
    const who = from && `<b class="${from.split(" ")[0]}">${to ? `${from} → ${to}` : `${from} says`}</b> `;
    return `<span role="listitem"><span class="time">${time}</span> <span>${who ?? ""}${what}</span></span>`;
  });
  const label = escapeHtml(alt).replaceAll('"', "&quot;");
  return `<span class="stacked" role="list" aria-label="${label}">${items.join("")}</span>`;
}

/** Opens the packet of a picture where its bytes can be changed. */
function playgroundLink(url) {
  return `\n<a class="try" href="${escapeHtml(url)}">Change these bytes in the playground</a>`;
}

/** Text that keeps its spaces and line breaks. */
function drawing(content) {
  const columns = Math.max(...content.split("\n").map((line) => [...line.trimEnd()].length));
  const kind = DRAWING.test(content) ? "drawing" : "plain";
  // In eights: the policy of the site allows no style in an attribute, so each number needs a class.
  const fit = columns > MANY_COLUMNS ? ` columns-${8 * Math.ceil(columns / 8)}` : "";
  return `<pre class="${kind}${fit}">${escapeHtml(content.trimEnd())}</pre>\n`;
}

function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
