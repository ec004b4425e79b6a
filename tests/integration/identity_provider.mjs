// An identity provider of another hand, npm's `oidc-provider`, and a contractor's program beside it, for tests/integration/machines_test.py.
//   node identity_provider.mjs SETTINGS   {"port","key","certificate","ca","client":{"key","certificate"}} as JSON, files in PEM
// Prints {"issuer","keys"} when it listens, then answers one JSON object a line: {"do":"token"|"mint"|"proof", …}.
import { createRequire } from "node:module";
import { X509Certificate, createHash, createPrivateKey, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import https from "node:https";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

console.log = console.info = console.warn = console.error; // the provider's notices; standard output is for answers
const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

const portal = createRequire(fileURLToPath(new URL("../../portal/package.json", import.meta.url)));
const jose = await import(pathToFileURL(portal.resolve("jose")));
const { default: Provider } = await import(pathToFileURL(portal.resolve("oidc-provider")));

const settings = JSON.parse(process.argv[2]);
const algorithms = ["ES256", "PS256", "RS256", "EdDSA"];

async function newKey(algorithm, kid) {
    const pair = await jose.generateKeyPair(algorithm, { extractable: true, ...(algorithm === "EdDSA" ? { crv: "Ed25519" } : {}) });
    const about = { kid, alg: algorithm, use: "sig" };
    return { ...pair, algorithm, kid, jwk: { ...(await jose.exportJWK(pair.publicKey)), ...about }, secret: { ...(await jose.exportJWK(pair.privateKey)), ...about } };
}

const issuerKeys = Object.fromEntries(await Promise.all(algorithms.map(async (name) => [name, await newKey(name, `idp-${name}`)])));
const stranger = await newKey("ES256", "idp-ES256");  // says it is the provider's
const assertionKey = await newKey("ES256", "assertion");
const proofKeys = Object.fromEntries(await Promise.all([...algorithms, "thief"].map(async (name) => [name, await newKey(name === "thief" ? "ES256" : name)])));
const certificate = new X509Certificate(readFileSync(settings.client.certificate));
const certificateJwk = { ...(await jose.exportJWK(certificate.publicKey)), x5c: [certificate.raw.toString("base64")] };

function client(id, more) {
    return { client_id: id, grant_types: ["client_credentials"], redirect_uris: [], response_types: [], scope: "upload", ...more };
}
const signs = { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256", jwks: { keys: [assertionKey.jwk] } };
const shows = { token_endpoint_auth_method: "self_signed_tls_client_auth", tls_client_certificate_bound_access_tokens: true, jwks: { keys: [certificateJwk] } };

const issuer = `https://localhost:${settings.port}`;
let signing = "ES256";  // what the provider signs the next token with
const provider = new Provider(issuer, {
    jwks: { keys: Object.values(issuerKeys).map((key) => key.secret) },
    clients: [
        client("bouwwerken", { ...signs, dpop_bound_access_tokens: true }),
        client("wegenwerken", { ...signs, dpop_bound_access_tokens: true }),
        client("onbekend", { ...signs, dpop_bound_access_tokens: true }),
        client("zonder-binding", signs),
        client("met-certificaat", shows),
    ],
    enabledJWA: { clientAuthSigningAlgValues: algorithms, dPoPSigningAlgValues: algorithms },
    clientAuthMethods: ["private_key_jwt", "self_signed_tls_client_auth"],
    scopes: ["upload"],
    features: {
        devInteractions: { enabled: false },
        clientCredentials: { enabled: true },
        dPoP: { enabled: true },
        mTLS: {
            enabled: true,
            certificateBoundAccessTokens: true,
            selfSignedTlsClientAuth: true,
            getCertificate: (ctx) => {
                const { raw } = ctx.socket.getPeerCertificate();
                return raw && new X509Certificate(raw);
            },
        },
        resourceIndicators: {
            enabled: true,
            getResourceServerInfo: (_ctx, audience) => ({ scope: "upload", audience, accessTokenFormat: "jwt", accessTokenTTL: 300, jwt: { sign: { alg: signing } } }),
        },
    },
});

function ask(path, form, headers, identity) {
    const body = new URLSearchParams(form).toString();
    return new Promise((resolve, reject) => {
        const options = { method: "POST", agent: false, ca: readFileSync(settings.ca), ...identity };
        options.headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body), ...headers };
        const request = https.request(issuer + path, options, (response) => {
            let text = "";
            response.on("data", (piece) => (text += piece));
            response.on("end", () => resolve(JSON.parse(text)));
        });
        request.on("error", reject);
        request.end(body);
    });
}

function now() {
    return Math.floor(Date.now() / 1000);
}

// A proof of RFC 9449, or one that is wrong in one way: `header` and `claims` replace members, null takes one out.
async function proof({ key = "ES256", method, uri, token, header = {}, claims = {} }) {
    const by = proofKeys[key];
    const { kty, crv, x, y, n, e } = by.jwk;
    const all = { htm: method, htu: uri, iat: now(), jti: randomUUID(), ...(token && { ath: createHash("sha256").update(token).digest("base64url") }) };
    const without = (object) => JSON.parse(JSON.stringify(object, (_name, value) => (value === null ? undefined : value)));
    if (header.jwk === "private") header = { ...header, jwk: await jose.exportJWK(by.privateKey) };
    return new jose.CompactSign(new TextEncoder().encode(JSON.stringify(without({ ...all, ...claims }))))
        .setProtectedHeader(without({ alg: by.algorithm, typ: "dpop+jwt", jwk: { kty, crv, x, y, n, e }, ...header }))
        .sign(by.privateKey);
}

// By the provider, with client credentials.
async function token({ client: id, audience, algorithm = "ES256", key = "ES256" }) {
    signing = algorithm;
    const form = { grant_type: "client_credentials", client_id: id, scope: "upload", resource: audience };
    if (id === "met-certificaat") {
        return ask("/token", form, {}, { key: readFileSync(settings.client.key), cert: readFileSync(settings.client.certificate) });
    }
    form.client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    form.client_assertion = await new jose.SignJWT({ iss: id, sub: id, aud: issuer, jti: randomUUID(), iat: now(), exp: now() + 60 })
        .setProtectedHeader({ alg: "ES256", kid: "assertion" })
        .sign(assertionKey.privateKey);
    const bound = id !== "zonder-binding";
    return ask("/token", form, bound ? { DPoP: await proof({ key, method: "POST", uri: `${issuer}/token` }) } : {});
}

// With the provider's own key (or a stranger's): a token it would not issue.
async function mint({ claims, header = {}, by = "ES256" }) {
    const key = by === "stranger" ? stranger : issuerKeys[by];
    return new jose.CompactSign(new TextEncoder().encode(JSON.stringify(claims)))
        .setProtectedHeader({ alg: key.algorithm, typ: "at+jwt", kid: key.kid, ...header })
        .sign(key.privateKey);
}

const acts = { token, mint, proof };
const tls = { key: readFileSync(settings.key), cert: readFileSync(settings.certificate), requestCert: true, rejectUnauthorized: false };
https.createServer(tls, provider.callback()).listen(settings.port, "127.0.0.1", () => {
    say({ issuer, keys: { keys: Object.values(issuerKeys).map((key) => key.jwk) } });
});
const lines = createInterface({ input: process.stdin });
for await (const line of lines) {
    const { do: act, ...words } = JSON.parse(line);
    say(await acts[act](words));
}
process.exit(0);
