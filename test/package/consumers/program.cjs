// A CommonJS program: Node requires the package's modules as they are.
const { pack, Struct } = require("@scope/struct");

async function main() {
  const imported = await import("@scope/struct");
  console.log(pack("<ihh", 5, 2, 3).join(), imported.Struct === Struct);
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
