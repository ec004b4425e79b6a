// One sentence for the next page: what just went well. Read once.

type Flash = "made" | "party" | "consent" | "withdrawn" | "request" | "revoked" | "released";

let waiting: { dossier: string; flash: Flash } | null = null;

export function leave_flash(dossier: string, flash: Flash): void {
    waiting = { dossier, flash };
}

export function take_flash(dossier: string): Flash | null {
    const taken = waiting?.dossier === dossier ? waiting.flash : null;
    waiting = null;
    return taken;
}
