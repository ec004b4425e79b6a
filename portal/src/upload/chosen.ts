// Files the user has chosen and that passed the checks.

import { check_file, type Complaint } from "./checks.ts";
import type { WantedItem } from "./envelope.ts";

export interface Chosen {
    key: string;
    item: string;
    file: File;
    type: string;
    fingerprint: string;
}

export interface Rejected {
    item: string;
    name: string;
    complaint: Complaint;
}

export interface Choice {
    item: WantedItem;
    bytes_max: number;
    room: number; // how many more files this item takes
}

let keys = 0;

// Good ones and bad ones apart: a bad file never throws the others away.
export async function check_files(
    files: readonly File[],
    choice: Choice,
    chosen: readonly Chosen[],
): Promise<{ good: Chosen[]; bad: Rejected[] }> {
    const good: Chosen[] = [];
    const bad: Rejected[] = [];
    const fingerprints = new Set(chosen.map((other) => other.fingerprint));
    for (const file of files) {
        const reject = (complaint: Complaint) => bad.push({ item: choice.item.code, name: file.name, complaint });
        if (good.length >= choice.room) {
            reject("too-many");
            continue;
        }
        const checked = await check_file(file, { item: choice.item, bytes_max: choice.bytes_max, fingerprints });
        if (!checked.good) {
            reject(checked.complaint);
            continue;
        }
        fingerprints.add(checked.fingerprint);
        keys += 1;
        good.push({ key: `f${keys}`, item: choice.item.code, file, type: checked.type, fingerprint: checked.fingerprint });
    }
    return { good, bad };
}
