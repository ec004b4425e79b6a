// What kind of file it is, by its first bytes: names and the browser's guess are often wrong, and wrong kinds are refused much later.

import type { Bytes } from "./encoding.ts";

const head_bytes = 4096;

function starts_with(bytes: Bytes, signature: readonly number[], at = 0): boolean {
    return signature.every((byte, index) => bytes[at + index] === byte);
}

function ascii(bytes: Bytes): string {
    return new TextDecoder("latin1").decode(bytes);
}

const zip_types: readonly (readonly [part: string, type: string])[] = [
    ["word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
    ["xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
    ["ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
];

// OpenDocument stores its type uncompressed as the first entry; Office files name their folders in the directory at the end.
function zip_type(head: string, tail: string): string {
    const open_document = /^PK\x03\x04[\s\S]{26}mimetype(application\/vnd\.oasis\.opendocument\.[a-z]+)/.exec(head);
    if (open_document?.[1]) {
        return open_document[1];
    }
    if (head.includes("[Content_Types].xml") || tail.includes("[Content_Types].xml")) {
        const found = zip_types.find(([part]) => head.includes(part) || tail.includes(part));
        if (found) {
            return found[1];
        }
    }
    return "application/zip";
}

const heic_brands = ["heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"];

function text_type(head: Bytes): string {
    if (head.includes(0)) {
        return "";
    }
    // A character may be cut at the end of what was read.
    const text = new TextDecoder("utf-8").decode(head, { stream: true });
    if (text.includes("\uFFFD")) {
        return "";
    }
    return /^\uFEFF?\s*<\?xml/.test(text) ? "application/xml" : "text/plain";
}

// "" when it is nothing we know.
export async function detect_media_type(file: Blob): Promise<string> {
    const head = new Uint8Array(await file.slice(0, head_bytes).arrayBuffer());
    const text = ascii(head);
    if (text.slice(0, 1024).includes("%PDF-")) {
        return "application/pdf";
    }
    if (starts_with(head, [0xff, 0xd8, 0xff])) {
        return "image/jpeg";
    }
    if (starts_with(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
        return "image/png";
    }
    if (text.startsWith("II*\0") || text.startsWith("MM\0*")) {
        return "image/tiff";
    }
    if (text.slice(4, 8) === "ftyp" && heic_brands.includes(text.slice(8, 12))) {
        return "image/heic";
    }
    if (text.startsWith("PK\x03\x04")) {
        return zip_type(text, ascii(new Uint8Array(await file.slice(-65_536).arrayBuffer())));
    }
    if (starts_with(head, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])) {
        return "application/msword";
    }
    if (text.slice(128, 132) === "DICM") {
        return "application/dicom";
    }
    if (/^AC10\d\d/.test(text)) {
        return "image/vnd.dwg";
    }
    if (text.startsWith("ISO-10303-21")) {
        return "application/x-step";
    }
    return text_type(head);
}

// Names people know, for "you may send: …". Types without one show their extension.
const names: Record<string, string> = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/heic": "HEIC",
    "application/msword": "DOC",
    "application/vnd.oasis.opendocument.text": "ODT",
    "application/vnd.oasis.opendocument.spreadsheet": "ODS",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/zip": "ZIP",
    "application/dicom": "DICOM",
    "application/xml": "XML",
    "application/x-step": "STEP",
    "image/vnd.dwg": "DWG",
    "text/plain": "TXT",
};

export function media_type_names(types: readonly string[]): string {
    return [...new Set(types.map((type) => names[type] ?? type.slice(type.indexOf("/") + 1)))].join(", ");
}

export function is_picture(type: string): boolean {
    return type.startsWith("image/") && type !== "image/vnd.dwg";
}

// For the file dialog: types, and the extensions of those it would not know.
export function accepted_files(types: readonly string[]): string | undefined {
    if (types.length === 0) {
        return undefined;
    }
    const jpeg = types.includes("image/jpeg") ? [".jpg", ".jpeg"] : [];
    const step = types.includes("application/x-step") ? [".stp"] : [];
    return [
        ...types,
        ...types.flatMap((type) => (names[type] && type !== "image/jpeg" ? [`.${names[type].toLowerCase()}`] : [])),
        ...jpeg,
        ...step,
    ].join(",");
}
