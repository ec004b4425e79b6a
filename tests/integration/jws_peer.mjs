// Tokens of npm's `jose` for tests/integration/jws_test.py: "make" prints, one JSON object a line, what we must take and what we must not;
// "check" reads a secret and a token of ours and prints what jose finds in it.
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";

const portal = createRequire(fileURLToPath(new URL("../../portal/package.json", import.meta.url)));
const jose = await import(pathToFileURL(portal.resolve("jose")));
const algorithms = ["ES256", "PS256", "RS256", "EdDSA"];

async function signed(key, header, payload) {
    return new jose.CompactSign(new TextEncoder().encode(payload)).setProtectedHeader(header).sign(key, { crit: { exp: true, b64: true } });
}

function change(token, part, random) {
    const parts = token.split(".");
    const bytes = Buffer.from(parts[part], "base64url");
    if (bytes.length === 0) return undefined;
    const bit = Math.floor(random() * bytes.length * 8);
    bytes[bit >> 3] ^= 1 << (bit & 7);
    parts[part] = bytes.toString("base64url");
    return parts.join(".");
}

// Mulberry32: the same seed, the same changes.
function seeded(seed) {
    return () => {
        seed = (seed + 0x6d2b79f5) | 0;
        let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
        mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
}

async function make(rounds, seed) {
    const random = seeded(seed);
    for (const algorithm of algorithms) {
        const kinds = algorithm === "EdDSA" ? { crv: "Ed25519", extractable: true } : { modulusLength: 2048, extractable: true };
        const { publicKey, privateKey } = await jose.generateKeyPair(algorithm, kinds);
        const other = await jose.generateKeyPair(algorithm, kinds);
        const key = await jose.exportJWK(publicKey);
        const say = (token, payload, why) => console.log(JSON.stringify({ algorithm, key, token, why, expected: payload === null ? "refused" : Buffer.from(payload).toString("base64url") }));
        for (let round = 0; round < rounds; ++round) {
            const payload = JSON.stringify({ iss: "aannemer", jti: String(round), text: "é".repeat(round * 3) });
            const token = await signed(privateKey, { alg: algorithm, typ: "at+jwt" }, payload);
            say(token, payload, "signed");
            for (const part of [0, 1, 2]) {
                say(change(token, part, random), null, `a bit of part ${part} changed`);
            }
        }
        say(await signed(privateKey, { alg: algorithm }, ""), "", "an empty payload");
        say(await signed(other.privateKey, { alg: algorithm }, "{}"), null, "another key");
        say(await signed(privateKey, { alg: algorithm, crit: ["exp"], exp: 1 }, "{}"), null, "a critical extension");
        say(await signed(privateKey, { alg: algorithm, jku: "https://keys.example" }, "{}"), null, "keys elsewhere");
        say(await signed(privateKey, { alg: algorithm, x5u: "https://keys.example" }, "{}"), null, "a certificate elsewhere");
        const secret = new TextEncoder().encode(JSON.stringify(key));
        say(await signed(secret, { alg: "HS256" }, "{}"), null, "HMAC with the public key as the secret");
        say(`${Buffer.from('{"alg":"none"}').toString("base64url")}.e30.`, null, "none");
    }
    const { publicKey, privateKey } = await jose.generateKeyPair("RS512", { extractable: true });
    const key = await jose.exportJWK(publicKey);
    const token = await signed(privateKey, { alg: "RS512" }, "{}");
    console.log(JSON.stringify({ algorithm: "RS256", key, token, why: "RS512", expected: "refused" }));
}

async function check(secret, token) {
    const { payload, protectedHeader } = await jose.compactVerify(token, Buffer.from(secret, "base64url"), { algorithms: ["HS256"] });
    console.log(JSON.stringify({ payload: new TextDecoder().decode(payload), header: protectedHeader }));
}

const [command, ...words] = process.argv.slice(2);
await (command === "make" ? make(Number(words[0]), Number(words[1])) : check(...words));
