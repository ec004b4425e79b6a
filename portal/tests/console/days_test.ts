import assert from "node:assert/strict";
import { test } from "node:test";

process.env["TZ"] = "Europe/Brussels";
const { day_after, day_of, end_of_day, start_of_day } = await import("../../src/console/days.ts");
const { deadline_ok, empty_request, reachable } = await import("../../src/console/pages/new_request/draft.ts");

test("a day of this device becomes whole seconds in UTC", () => {
    assert.equal(start_of_day("2026-11-24"), "2026-11-23T23:00:00Z");
    assert.equal(end_of_day("2026-11-24"), "2026-11-24T22:59:59Z");
    assert.equal(end_of_day("2026-07-01"), "2026-07-01T21:59:59Z");
});

test("what is no day gives nothing", () => {
    for (const text of ["", "2026-02-30", "2026-13-01", "24/11/2026", "2026-11-24T00:00"]) {
        assert.equal(start_of_day(text), null, text);
        assert.equal(end_of_day(text), null, text);
    }
});

test("days are counted over the end of summer time", () => {
    const before = new Date(2026, 9, 24, 23, 30);
    assert.equal(day_of(before), "2026-10-24");
    assert.equal(day_after(before, 1), "2026-10-25");
    assert.equal(day_after(before, 2), "2026-10-26");
});

test("a deadline is today or later, and at most a year away", () => {
    const now = new Date(2026, 10, 24, 22, 0).getTime();
    assert.ok(deadline_ok("2026-11-24", now));
    assert.ok(!deadline_ok("2026-11-23", now));
    assert.ok(deadline_ok("2027-11-24", now));
    assert.ok(!deadline_ok("2027-11-30", now));
    assert.ok(!deadline_ok("soon", now));
});

test("no step of a request is skipped by its address", () => {
    const now = new Date(2026, 10, 24).getTime();
    const bare = empty_request("nl", "2026-12-24");
    const chosen = { ...bare, party: "p", items: [{ type: "report", required: true }] };
    assert.equal(reachable(bare, false, "check", now), "who");
    assert.equal(reachable({ ...bare, party: "p" }, true, "check", now), "documents");
    assert.equal(reachable({ ...chosen, deadline: "2020-01-01" }, true, "check", now), "deadline");
    assert.equal(reachable(chosen, true, "check", now), "check");
    assert.equal(reachable(chosen, true, "documents", now), "documents");
    assert.equal(reachable(chosen, false, "documents", now), "who");
});
