// What each runtime and each browser runs: every export of the package, once.
import { calcsize, iterUnpack, pack, packInto, Struct, StructError, unpack, unpackFrom } from "@scope/struct";

const request = new Struct("<ihh");
const room = new Uint8Array(request.size);
packInto("<ihh", room, 0, 5, 2, 3);
const refused = () => {
  try {
    pack("<h", 40000);
  } catch (error) {
    return error instanceof StructError && error.name;
  }
};

console.log(
  [
    request.pack(5, 2, 3).join(),
    request.unpack(room).join(),
    calcsize("<ihh"),
    unpack(">q", pack(">q", 2n ** 53n + 1n)),
    unpackFrom("<h", room, 4),
    [...iterUnpack("<2h", room)].join("|"),
    refused(),
  ].join(" "),
);
