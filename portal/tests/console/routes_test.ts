import assert from "node:assert/strict";
import { test } from "node:test";

import { href, parse_route, type Route } from "../../src/console/routes.ts";

const id = "0f".repeat(16);

test("every address the console writes leads to its page", () => {
    const pairs: [string, Route][] = [
        ["", { page: "start" }],
        [href.start, { page: "start" }],
        [href.inbox, { page: "inbox" }],
        [href.reading, { page: "reading" }],
        [href.new_dossier, { page: "new-dossier" }],
        [href.dossiers(), { page: "dossiers", filter: "", show: "all" }],
        [href.dossiers("a b&c=d#é", "late"), { page: "dossiers", filter: "a b&c=d#é", show: "late" }],
        [href.dossier(id), { page: "dossier", dossier: id }],
        [href.new_party(id), { page: "new-party", dossier: id, then_request: false }],
        [href.new_party(id, true), { page: "new-party", dossier: id, then_request: true }],
        [href.new_consent(id), { page: "new-consent", dossier: id, party: null, then_request: false }],
        [href.new_consent(id, id, true), { page: "new-consent", dossier: id, party: id, then_request: true }],
        [href.withdraw(id, id), { page: "withdraw", dossier: id, consent: id }],
        [href.release(id, "ab"), { page: "release", dossier: id, document: "ab" }],
        [href.new_request(id), { page: "new-request", dossier: id, step: "who" }],
        [href.new_request(id, "check"), { page: "new-request", dossier: id, step: "check" }],
        [href.new_credential(id, id), { page: "new-credential", dossier: id, request: id }],
        [href.credential(id, id, id, "rotate"), { page: "credential", dossier: id, request: id, credential: id, act: "rotate" }],
        [href.credential(id, id, id, "revoke"), { page: "credential", dossier: id, request: id, credential: id, act: "revoke" }],
        [`#/dossiers/${id}/requests/new`, { page: "new-request", dossier: id, step: "who" }],
    ];
    for (const [address, page] of pairs) {
        assert.deepEqual(parse_route(address), page, address);
    }
});

test("anything else is no page, and nothing throws", () => {
    for (const address of ["#/nergens", "#/dossiers/", "#/dossiers/x/y", "#/dossiers/x/requests/new/all", "#/dossiers/x/parties/new/more", "#/%E0%A4%A", "#/today/x", "#/dossiers/x/requests/y/credentials", "#/dossiers/x/requests/y/credentials/new/z", "#/dossiers/x/requests/y/credentials/z/show", "#/dossiers/x/requests//credentials/new", "#/dossiers/x/documents/y", "#/dossiers/x/documents/y/open"]) {
        assert.deepEqual(parse_route(address), { page: "unknown" }, address);
    }
});
