/**
 * Makes lesson 3's server send each move to the broker by itself, as a message of its own, instead of gathering those of one
 * turn of the event loop. cluster.ts loads this file before the server to show what the gathering saves.
 *
 * @module
 */

import { BetweenMachines } from "../../lessons/3_simple_cluster_test/bus.ts";

const { publish } = BetweenMachines.prototype;
BetweenMachines.prototype.publish = function publishAtOnce(id, bytes) {
  publish.call(this, id, bytes);
  this.flush();
};
