// Node 18 has the browser's crypto, but not under its global name; and its File lives elsewhere.
import { File } from "node:buffer";
import { webcrypto } from "node:crypto";

for (const [name, value] of Object.entries({ crypto: webcrypto, File })) {
    if (!(name in globalThis)) {
        Object.defineProperty(globalThis, name, { value, configurable: true });
    }
}
