// One upload by tus-js-client, as its users write it. Reads its order from the first argument, prints {"url","events"} or {"error"}.
//   {"endpoint","token","file","options":{…of tus.Upload},"stream":bool,"pauseAt":bytes|null,"terminate":bool}
import { createRequire } from "node:module";
import fs from "node:fs";
import { PassThrough } from "node:stream";

const require = createRequire(new URL("../peers/package.json", import.meta.url));
const tus = require("tus-js-client");
const order = JSON.parse(process.argv[2]);

function upload(input, options) {
    return new Promise((resolve, reject) => {
        const running = new tus.Upload(input, {
            endpoint: order.endpoint,
            headers: { Authorization: `Bearer ${order.token}` },
            retryDelays: null,
            ...options,
            onError: reject,
            onSuccess: () => resolve({ url: running.url, sent: options.sent }),
            onProgress: (bytes) => {
                if (options.pauseAt && bytes >= options.pauseAt) {
                    running.abort().then(() => resolve({ url: running.url, paused: bytes }), reject);
                }
            },
        });
        running.start();
    });
}

try {
    const input = () => (order.stream ? fs.createReadStream(order.file).pipe(new PassThrough()) : fs.readFileSync(order.file));
    let done = await upload(input(), { ...order.options, pauseAt: order.pauseAt });
    const paused = done.paused ?? null;
    if (order.pauseAt) {
        done = await upload(input(), { ...order.options, uploadUrl: done.url });
    }
    if (order.terminate) {
        await tus.Upload.terminate(done.url, { headers: { Authorization: `Bearer ${order.token}` }, retryDelays: null });
    }
    console.log(JSON.stringify({ url: done.url, paused }));
} catch (error) {
    console.log(JSON.stringify({ error: String(error).slice(0, 500) }));
}
