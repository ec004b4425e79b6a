import assert from "node:assert/strict";
import { test } from "node:test";
import { check_file, is_locked_pdf } from "../../src/upload/checks.ts";
import { check_files } from "../../src/upload/chosen.ts";
import { detect_media_type } from "../../src/upload/media_type.ts";

const item = {
    code: "c",
    title: {},
    hint: {},
    required: true,
    files_max: 2,
    file_bytes_max: 1000,
    media_types: ["application/pdf", "image/jpeg"],
};
const around = { item, bytes_max: 1000, fingerprints: new Set<string>() };
const pdf = (content = "") => new File([`%PDF-1.7\n${content}\ntrailer\n<< /Size 1 >>\n%%EOF\n`], "a.pdf");

test("media types come from the first bytes, not from the name", async () => {
    const docx = "PK\x03\x04" + "\0".repeat(26) + "[Content_Types].xml word/document.xml";
    const cases: [string | Uint8Array<ArrayBuffer>, string][] = [
        ["%PDF-1.4", "application/pdf"],
        ["junk before %PDF-1.4", "application/pdf"],
        [new Uint8Array([0xff, 0xd8, 0xff, 0xe0]), "image/jpeg"],
        [new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), "image/png"],
        [docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
        ["PK\x03\x04" + "\0".repeat(26) + "mimetypeapplication/vnd.oasis.opendocument.textPK", "application/vnd.oasis.opendocument.text"],
        ["PK\x03\x04" + "\0".repeat(26) + "photo.jpg", "application/zip"],
        ['<?xml version="1.0"?><a/>', "application/xml"],
        ["Geachte dokter, één zin.", "text/plain"],
        ["MZ\x90\0\x03\0", ""],
    ];
    for (const [content, type] of cases) {
        assert.equal(await detect_media_type(new Blob([content])), type);
    }
});

test("an empty, too big or wrong file is named as such", async () => {
    const complaint = async (file: File) => {
        const checked = await check_file(file, around);
        return checked.good ? "good" : checked.complaint;
    };
    assert.equal(await complaint(new File([], "a.pdf")), "empty");
    assert.equal(await complaint(pdf("x".repeat(1000))), "too-big");
    assert.equal(await complaint(new File(["MZ\x90\0"], "a.pdf")), "type");
    assert.equal(await complaint(new File(["%PDF-1.7\ntrailer << /Encrypt 5 0 R >>"], "a.pdf")), "password");
    assert.equal(await complaint(pdf()), "good");
});

test("a file of exactly the limit passes, one byte more does not", async () => {
    const size = pdf().size;
    assert.equal((await check_file(pdf(), { ...around, bytes_max: size })).good, true);
    assert.equal((await check_file(pdf(), { ...around, bytes_max: size - 1 })).good, false);
});

test("a lock is found in a cross-reference stream, and the word alone is no lock", async () => {
    const body = "%PDF-1.7\n" + "x".repeat(3000);
    const at = body.length;
    const stream = `9 0 obj\n<< /Type /XRef /Encrypt 8 0 R >>\nstream\n${"\x01".repeat(70_000)}\nendstream\nstartxref\n${at}\n%%EOF`;
    assert.equal(await is_locked_pdf(new Blob([body + stream])), true);
    assert.equal(await is_locked_pdf(new Blob(["%PDF-1.7\n(about /Encrypt and /EncryptMetadata true)\ntrailer\n<< /Size 1 >>\n"])), false);
});

test("the same content twice is a duplicate whatever its name; a good file stays when others are refused", async () => {
    const same = new File([await pdf("a").arrayBuffer()], "other name.pdf");
    const { good, bad } = await check_files([pdf("a"), same, new File([], "empty.pdf"), pdf("b")], { item, bytes_max: 1000, room: 2 }, []);
    assert.deepEqual(
        good.map((one) => one.file.name),
        ["a.pdf", "a.pdf"],
    );
    assert.deepEqual(
        bad.map((one) => one.complaint),
        ["duplicate", "empty"],
    );
});

test("one file more than the item takes is refused", async () => {
    const { good, bad } = await check_files([pdf("a"), pdf("b"), pdf("c")], { item, bytes_max: 1000, room: 2 }, []);
    assert.equal(good.length, 2);
    assert.deepEqual(
        bad.map((one) => one.complaint),
        ["too-many"],
    );
});
