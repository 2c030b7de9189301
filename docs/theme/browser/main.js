// What the pages do in a browser, as one script: esbuild puts together what is imported here.

import "./page.js";
import "./tools.js";
import "./present.js";
import "./reading.js";
import "./search.js";
import "./arrival.js";
