// What the console makes of a credential, without a browser.
import assert from "node:assert/strict";
import { test } from "node:test";

import { credential, made_credential } from "../../src/console/model.ts";
import { end_of_overlap } from "../../src/console/pages/credentials/change.tsx";
import { command_for, file_name } from "../../src/console/pages/credentials/shown.tsx";

test("the file's name has the case number and the label, and nothing that a shell or a disk trips over", () => {
    assert.equal(file_name("SV-2026-017", "Werfserver"), "sluis-SV-2026-017-werfserver.json");
    assert.equal(file_name("SV/2026.17", "Café; rm -rf / $(x)"), "sluis-SV-2026-17-cafe-rm-rf-x.json");
    assert.equal(file_name("A", "../../x"), "sluis-A-x.json");
    assert.equal(file_name("A", "建設"), "sluis-A.json");
    assert.ok(file_name("A".repeat(64), "b".repeat(100)).length <= 85);
});

test("the command names an item when there is a choice", () => {
    assert.equal(command_for("x.json", true), "sluis send --credential x.json document.pdf");
    assert.equal(command_for("x.json", false), "sluis credential show x.json\nsluis send --credential x.json --item CODE document.pdf");
});

test("an overlap ends with its hours, or with the old credential when that is sooner", () => {
    const now = Date.parse("2026-11-24T10:00:00Z");
    assert.equal(end_of_overlap("2026-12-24T10:00:00Z", 24, now), "2026-11-25T10:00:00.000Z");
    assert.equal(end_of_overlap("2026-11-24T11:00:00Z", 24, now), "2026-11-24T11:00:00.000Z");
    assert.equal(end_of_overlap("2026-12-24T10:00:00Z", 0, now), "2026-11-24T10:00:00.000Z");
});

test("an answer without its file is no answer, and a line of the list holds none", () => {
    const file = { v: 1, link: "https://edge/u#a.b", label: "x", expiresAt: "2026-12-24T10:00:00Z" };
    const answer = { id: "a", label: "x", expiresAt: file.expiresAt, items: [], credential: file };
    assert.deepEqual(made_credential(answer, "").credential, file);
    assert.throws(() => made_credential({ ...answer, credential: undefined }, ""));
    const line = { id: "a", label: "x", items: ["photo"], createdBy: null, createdAt: "t", expiresAt: "t", state: "active", credential: file };
    assert.ok(!("credential" in credential(line, "")));
});
