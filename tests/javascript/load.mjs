// The page's scripts are classic scripts, which leave what they offer on globalThis.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

export function load(name) {
  require(`../../javascript/neuralmaster_${name}.js`);
  return globalThis[`neuralmaster${name[0].toUpperCase()}${name.slice(1)}`];
}
