import assert from "node:assert/strict";
import { test } from "node:test";

import { has_consent, shown_state, types_without_consent } from "../../src/console/consent_need.ts";
import { case_type, dossier, dossier_line, notice, type CaseType, type Dossier } from "../../src/console/model.ts";
import { Malformed } from "../../src/console/wire.ts";

// As core answers (gateway/core/console).
const line = {
    id: "d1", caseNumber: "SOC-1", caseType: "medical-unfitness", title: { nl: "Beoordeling" }, subject: null, status: "in-treatment", handler: "Els",
    requests: { asked: 2, received: 1 }, deadline: "2026-12-24T22:59:59Z", consent: "given", openedAt: "2026-11-01T08:00:00Z",
};
const page = {
    ...line,
    parties: [{ id: "p1", role: "treating-provider", name: "Dr. Haddad", mail: null }],
    consents: [{
        id: "c1", kind: "secrecy-release", party: "p1", state: "given", from: "2026-11-01T00:00:00Z", until: "2027-05-01T00:00:00Z", evidence: "signed-paper-scan",
        events: [{ at: "2026-11-01T09:00:00Z", type: "given", by: "els" }],
    }],
    requests: [{
        id: "r1", party: "p1", partyName: "Dr. Haddad", state: "partial", deadline: "2026-12-24T22:59:59Z", sentAt: "2026-11-02T08:00:00Z",
        items: [{ type: "medical-report", title: { nl: "Verslag" }, required: true, received: 3 }, { type: "letter", title: { nl: "Brief" }, required: false, received: 0 }],
    }],
    documents: [{
        id: "x1", item: "code", title: { nl: "Verslag" }, party: "Dr. Haddad", state: "filed", reason: null, at: "2026-11-05T08:00:00Z", size: 10, name: null,
        compartment: "medical", mayRead: false, later: "unknown fields are ignored",
    }],
    timeline: [{ at: "2026-11-01T08:00:00Z", act: "dossier.opened", text: { nl: "Dossier geopend" }, by: "Sofie Maes" }],
};
const rules: CaseType = case_type({
    id: "medical-unfitness", version: "0.1.0", title: { nl: "Beoordeling" }, parties: [{ role: "treating-provider", title: { nl: "Zorgverlener" } }],
    documents: [
        { type: "medical-report", title: { nl: "Verslag" }, by: ["treating-provider"], compartment: "medical", consent: true },
        { type: "certificate", title: { nl: "Attest" }, by: ["treating-provider"], compartment: "general", consent: false },
    ],
}, "");
const whole = (): Dossier => dossier(structuredClone(page), "");
const now = Date.parse("2026-11-24T12:00:00Z");

test("a dossier's page counts its items: asked, and received at least once", () => {
    const found = whole();
    assert.deepEqual(found.requests, { asked: 2, received: 1 });
    assert.equal(found.requests_made[0]?.items.length, 2);
    assert.equal(found.documents[0]?.mayRead, false);
    assert.ok(!("later" in (found.documents[0] ?? {})));
});

test("releases and who may receive one are read; a core that says nothing of them has none", () => {
    assert.deepEqual(whole().releases, []);
    assert.equal(whole().requests_made[0]?.mayReceive, false);
    const release = {
        id: "v1", document: "x1", partyName: "Dr. Haddad", state: "ready", releasedAt: "2026-11-06T08:00:00Z", expiresAt: "2026-12-06T22:59:59Z", by: "Els",
    };
    const found = dossier({ ...structuredClone(page), requests: [{ ...page.requests[0], mayReceive: true }], releases: [{ ...release, later: 1 }] }, "");
    assert.deepEqual(found.releases, [release]);
    assert.equal(found.requests_made[0]?.mayReceive, true);
    assert.throws(() => dossier({ ...structuredClone(page), releases: [{ ...release, expiresAt: null }] }, ""), Malformed);
});

test("a field of another shape says where it is", () => {
    const wrong = { ...structuredClone(page), documents: [{ ...page.documents[0], mayRead: "yes" }] };
    assert.throws(() => dossier(wrong, "/d"), (fault) => fault instanceof Malformed && fault.message.startsWith("/d/documents/0/mayRead"));
    assert.throws(() => dossier_line({ ...line, requests: 3 }, ""), Malformed);
    assert.throws(() => dossier_line({ ...line, requests: { asked: -1, received: 0 } }, ""), Malformed);
    assert.throws(() => notice([], ""), Malformed);
    assert.throws(() => dossier_line(null, ""), Malformed);
});

test("without a consent the covered documents are missing one, the others are not", () => {
    const bare = { ...whole(), consents: [] };
    assert.deepEqual(types_without_consent(bare, rules, "p1", ["medical-report", "certificate"], now), ["medical-report"]);
    assert.deepEqual(types_without_consent(bare, rules, "p1", ["certificate"], now), []);
    assert.deepEqual(types_without_consent(whole(), rules, "p1", ["medical-report"], now), []);
});

test("only a given consent of this party, begun and not over, counts", () => {
    const consent = whole().consents[0];
    assert.ok(consent);
    const having = (change: Partial<typeof consent>): Dossier => ({ ...whole(), consents: [{ ...consent, ...change }] });
    assert.ok(has_consent(having({}), "p1", now));
    assert.ok(!has_consent(having({ state: "withdrawn" }), "p1", now));
    assert.ok(!has_consent(having({ party: "p2" }), "p1", now));
    assert.ok(!has_consent(having({ from: "2026-11-25T00:00:00Z" }), "p1", now));
    assert.ok(!has_consent(having({ until: "2026-11-23T00:00:00Z" }), "p1", now));
    assert.equal(shown_state({ ...consent, until: "2026-11-23T00:00:00Z" }, now), "expired");
    assert.equal(shown_state({ ...consent, state: "withdrawn", until: "2026-11-23T00:00:00Z" }, now), "withdrawn");
});
