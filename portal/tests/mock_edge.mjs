// A stand-in for sluis-edge and sluis-core together, for trying the upload app without them. A test tool: it believes everything.
//
//   node tests/mock_edge.mjs --recipient age1… --out DIR [--port 8090] [--break-every N] [--state open|paused|withdrawn|closed]
//
// Prints one line with the link. Ciphertext, manifest and MAC of every sealed upload land in DIR. --break-every cuts every Nth PATCH in the
// middle. POST /mock/outcome {"upload","state","reason"}, /mock/state {"state"} and /mock/down {"on"} play core and the weather.
import { createCipheriv, createHash, createPrivateKey, generateKeyPairSync, hkdfSync, randomBytes, sign } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const flag = (name, otherwise) => {
    const at = process.argv.indexOf(`--${name}`);
    return at < 0 ? otherwise : process.argv[at + 1];
};
const dist = join(dirname(fileURLToPath(import.meta.url)), "../dist/upload");
const out = flag("out", "mock_out");
const recipient = flag("recipient", "");
const break_every = Number(flag("break-every", "0"));
mkdirSync(out, { recursive: true });

const sha256 = (bytes) => createHash("sha256").update(bytes).digest();
const grant = randomBytes(16).toString("hex");
const secret = randomBytes(32);
const derive = (label) => Buffer.from(hkdfSync("sha256", secret, grant, label, 32));
const access = derive("sluis/v1/access").toString("base64url");

function seal(version, json) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(version));
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", derive("sluis/v1/envelope"), nonce);
    cipher.setAAD(Buffer.concat([Buffer.from(grant), counter]));
    return Buffer.concat([nonce, cipher.update(JSON.stringify(json)), cipher.final(), cipher.getAuthTag()]).toString("base64");
}

// A log with one leaf more than the document's, so that its receipts have a proof to check.
function make_log(name) {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    const key = Buffer.concat([Buffer.from([1]), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
    const key_id = sha256(Buffer.concat([Buffer.from(`${name}\n`), key])).subarray(0, 4);
    const receipt = (fields) => {
        const leaf = Buffer.from(JSON.stringify(fields));
        const sibling = sha256(randomBytes(8));
        const root = sha256(Buffer.concat([Buffer.from([1]), sibling, sha256(Buffer.concat([Buffer.from([0]), leaf]))]));
        const text = `${name}\n2\n${root.toString("base64")}\n`;
        const signature = Buffer.concat([
            key_id,
            sign(null, Buffer.from(text), createPrivateKey(privateKey.export({ format: "pem", type: "pkcs8" }))),
        ]);
        const note = `${text}\n— ${name} ${signature.toString("base64")}\n`;
        return `c2sp.org/tlog-proof@v1\nextra ${leaf.toString("base64")}\nindex 1\n${sibling.toString("base64")}\n\n${note}`;
    };
    return { verifier: `${name}+${key_id.toString("hex")}+${key.toString("base64")}`, receipt };
}
const edge_log = make_log("edge.example");
const core_log = make_log("core.example");

const items = [
    {
        code: randomBytes(16).toString("hex"),
        title: { nl: "Medisch verslag", fr: "Rapport médical", de: "Ärztlicher Bericht", en: "Medical report" },
        hint: { nl: "Het verslag van het laatste onderzoek, met datum en handtekening." },
        required: true,
        filesMax: 3,
        fileBytesMax: 400e6,
        mediaTypes: [
            "application/pdf",
            "image/jpeg",
            "image/png",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ],
    },
    {
        code: randomBytes(16).toString("hex"),
        title: { nl: "Lijst van de apotheek" },
        hint: { nl: "Een overzicht van de laatste zes maanden." },
        required: false,
        filesMax: 1,
        fileBytesMax: 20e6,
        mediaTypes: ["application/pdf", "text/plain"],
    },
];
const day = 86_400_000;
const when = (days) => new Date(Date.now() + days * day).toISOString().replace(/\.\d+/, "");
const envelope = () => ({
    v: 1,
    grant,
    edge: "https://upload.city.example",
    organisation: "Stad Voorbeeld",
    service: "Sociale Dienst",
    asker: { name: "An Peeters", phone: "+32 9 123 45 67", mail: "an.peeters@city.example" },
    caseNumber: "MED-2026-00042",
    caseType: {
        id: "medical-unfitness",
        version: 3,
        sha256: "0".repeat(64),
        title: { nl: "Onderzoek medische ongeschiktheid", en: "medical unfitness assessment" },
    },
    purpose: { nl: "De adviserend arts beoordeelt of uw patiënt kan werken. Daarvoor is het verslag van de behandelend arts nodig." },
    legalBasis: { nl: "OCMW-wet van 8 juli 1976, artikel 60" },
    consent: {
        state: state === "withdrawn" ? "withdrawn" : "given",
        statement: { nl: "De patiënt gaf schriftelijk toestemming om het medisch verslag te delen met de adviserend arts." },
        since: when(-6),
    },
    party: "Dr. L. Janssens",
    message: "Beste dokter,\nGraag ook het verslag van de specialist als u het hebt.",
    deadline: when(12),
    recipient,
    items,
    logs: { edge: edge_log.verifier, core: core_log.verifier },
    language: "nl",
});

let state = flag("state", "open");
let version = 1;
let down = false;
let patches = 0;
const uploads = new Map();

const security = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; " +
        "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types portal#worker",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
};

function answer(response, status, body, headers = {}) {
    response.writeHead(status, { ...security, "Cache-Control": "no-store", ...headers });
    response.end(body);
}
const json = (response, status, value) => answer(response, status, JSON.stringify(value), { "Content-Type": "application/json" });
const problem = (response, status, kind) =>
    answer(response, status, JSON.stringify({ type: `urn:sluis:problem:${kind}`, title: kind, status }), {
        "Content-Type": "application/problem+json",
    });

const files = new Map(JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")).map((entry) => [entry.path, entry]));

async function body_of(request, take = () => undefined) {
    const parts = [];
    for await (const part of request) {
        parts.push(part);
        if (take(part) === false) {
            break;
        }
    }
    return Buffer.concat(parts);
}

const shown = (upload) => ({
    id: upload.id,
    item: upload.item,
    state: upload.state,
    size: upload.size,
    offset: upload.bytes.length,
    at: upload.at,
    outcome: upload.outcome,
});

async function create(request, response) {
    await body_of(request);
    const item = Buffer.from(request.headers["upload-metadata"].split(" ")[1], "base64").toString();
    const id = randomBytes(16).toString("hex");
    uploads.set(id, {
        id,
        item,
        state: "receiving",
        size: Number(request.headers["upload-length"]),
        bytes: Buffer.alloc(0),
        at: when(0),
        outcome: null,
    });
    answer(response, 201, "", { Location: `/api/v1/uploads/${id}`, "Tus-Resumable": "1.0.0" });
}

async function patch(request, response, upload) {
    if (Number(request.headers["upload-offset"]) !== upload.bytes.length) {
        return problem(response, 409, "offset-mismatch");
    }
    patches += 1;
    const cut = break_every > 0 && patches % break_every === 0;
    let seen = 0;
    const body = await body_of(request, (part) => !cut || (seen += part.length) < 1_000_000).catch(() => Buffer.alloc(0));
    upload.bytes = Buffer.concat([upload.bytes, body]);
    if (cut) {
        return response.destroy(); // leaving the loop above has cut the connection already
    }
    return answer(response, 204, undefined, { "Upload-Offset": String(upload.bytes.length), "Tus-Resumable": "1.0.0" });
}

async function seal_upload(request, response, upload) {
    const sealed = JSON.parse((await body_of(request)).toString());
    if (upload.bytes.length !== upload.size) {
        return problem(response, 409, "incomplete");
    }
    if (sha256(upload.bytes).toString("hex") !== sealed.sha256) {
        uploads.delete(upload.id);
        return problem(response, 422, "damaged");
    }
    upload.state = "sealed";
    upload.receipt = edge_log.receipt({
        act: "upload.sealed",
        grant,
        item: upload.item,
        mac: sealed.mac,
        manifest: sha256(Buffer.from(sealed.manifest, "base64")).toString("hex"),
        sha256: sealed.sha256,
        size: upload.size,
        upload: upload.id,
        v: 1,
    });
    writeFileSync(join(out, `${upload.id}.age`), upload.bytes);
    writeFileSync(join(out, `${upload.id}.manifest.age`), Buffer.from(sealed.manifest, "base64"));
    writeFileSync(
        join(out, `${upload.id}.json`),
        JSON.stringify({ mac: sealed.mac, sha256: sealed.sha256, manifest_key: derive("sluis/v1/manifest").toString("hex") }),
    );
    return json(response, 201, { upload: upload.id, state: "sealed", receipt: upload.receipt });
}

async function play(path, request, response) {
    const order = JSON.parse((await body_of(request)).toString());
    if (path === "/mock/state") {
        state = order.state;
        version += 1;
    } else if (path === "/mock/down") {
        down = order.on;
    } else {
        for (const upload of order.upload
            ? [uploads.get(order.upload)]
            : [...uploads.values()].filter((one) => one.state === "sealed" && !one.outcome)) {
            const receipt =
                order.state === "filed"
                    ? core_log.receipt({
                          act: "document.filed",
                          grant,
                          item: upload.item,
                          sha256: sha256(upload.bytes).toString("hex"),
                          upload: upload.id,
                          v: 1,
                      })
                    : null;
            upload.outcome = {
                version: 1,
                sealed: seal(1, {
                    v: 1,
                    upload: upload.id,
                    state: order.state,
                    reason: order.reason ?? null,
                    code: "x",
                    at: when(0),
                    receipt,
                    disclosures: [],
                }),
            };
        }
    }
    return json(response, 200, {});
}

async function api(path, request, response) {
    if (down) {
        return problem(response, 503, "unavailable");
    }
    if (request.headers.authorization !== `Bearer ${access}`) {
        return problem(response, 401, "unauthorized");
    }
    if (path === "/api/v1/posting") {
        const limits = { fileBytesMax: 500e6, filesMax: 20, openUploadsMax: 5 };
        const list = [...uploads.values()].map(shown);
        return json(response, 200, {
            grant,
            version,
            state,
            envelope: seal(version, envelope()),
            expiresAt: when(20),
            limits,
            items: [],
            uploads: list,
        });
    }
    if (state !== "open" && request.method !== "GET") {
        return problem(response, 403, "forbidden");
    }
    if (path === "/api/v1/uploads" && request.method === "POST") {
        return create(request, response);
    }
    const [, id, rest] = /^\/api\/v1\/uploads\/([0-9a-f]{32})(\/seal|\/receipt)?$/.exec(path) ?? [];
    const upload = uploads.get(id);
    if (!upload) {
        return problem(response, 404, "not-found");
    }
    if (rest === "/seal") {
        return seal_upload(request, response, upload);
    }
    if (rest === "/receipt") {
        return answer(response, 200, upload.receipt, { "Content-Type": "text/plain" });
    }
    if (request.method === "HEAD") {
        return answer(response, 200, undefined, {
            "Upload-Offset": String(upload.bytes.length),
            "Upload-Length": String(upload.size),
            "Tus-Resumable": "1.0.0",
        });
    }
    if (request.method === "DELETE") {
        uploads.delete(id);
        return answer(response, 204, undefined, { "Tus-Resumable": "1.0.0" });
    }
    return patch(request, response, upload);
}

const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = files.get(path);
    const work = file
        ? answer(response, 200, readFileSync(join(dist, file.file)), { "Content-Type": file.type })
        : path.startsWith("/mock/")
          ? play(path, request, response)
          : api(path, request, response);
    Promise.resolve(work).catch((error) => {
        console.error(error);
        response.destroy();
    });
});
server.listen(Number(flag("port", "8090")), "127.0.0.1", () => {
    console.log(`http://localhost:${server.address().port}/u#${grant}.${secret.toString("base64url")}`);
});
