// Every text of the upload app, one type: a language that misses one does not compile. {…} parts are parameters of functions.

import type { Complaint } from "../checks.ts";

export interface Messages {
    skip: string;
    language: string; // label of the switcher
    loading: string;
    step: (n: number, of: number) => string;
    error_prefix: string; // before the page title
    privacy: string;
    no_tracking: string;
    licences: string;

    ask: {
        title: string;
        lead: (service: string, case_title: string) => string;
        case_number: string;
        who: string;
        why: string;
        basis: string;
        permission: string;
        permission_since: (date: string) => string;
        deadline: string;
        deadline_days: (days: number) => string;
        from_handler: string;
        addressed_to: string;
        wrong: string;
        wrong_what: (contact: string) => string;
        details: string;
    };
    protect: { title: string; text: (service: string) => string; limits: string };
    files: {
        title: string;
        required: string;
        optional: string;
        added: (n: number) => string;
        already: (n: number) => string;
        full: string;
        allowed: (types: string, size: string, files: number) => string;
        pick: string;
        photo: string;
        drop: string;
        location_warning: string;
        remove: string;
        checking: string;
        status_added: (n: number) => string;
        status_removed: (name: string) => string;
        next: string;
        none: string;
        summary: string;
        complaint: Record<Complaint, (file: string, detail: string) => string>;
    };
    check: {
        title: string;
        lead: (service: string) => string;
        missing: (item: string) => string;
        change: string;
        back: string;
        send: string;
        total: (files: number, size: string) => string;
    };
    busy: {
        title: string;
        keep_open: string;
        percent: (percent: number, sent: string, total: string) => string;
        short: (percent: number) => string;
        waiting: string;
        encrypting: string;
        sending: string;
        sealing: string;
        arrived: string;
        failed: string;
        again: (file: string) => string;
        pause: string;
        resume: string;
        paused: string;
        stop: string;
        stop_sure: string;
        stop_yes: string;
        stop_no: string;
        lost: string;
        back: string;
        maintenance: string;
        progress: string;
    };
    failure: {
        title: string;
        partly: (arrived: number, of: number) => string;
        nothing: string;
        changed: (file: string) => string;
        stopped: (file: string) => string;
        refused: (file: string) => string;
        too_large: (file: string) => string;
        no_space: string;
        broken: (file: string) => string;
        retry: string;
    };
    done: {
        title: string;
        title_later: string;
        close: string;
        next: string;
        reference: string;
        number: string;
        received_at: string;
        checked: string;
        unchecked: string;
        receipt: string;
        filed_receipt: string;
        receipt_why: string;
        more: string;
        status_title: string;
        updates: string;
        earlier: string;
        unnamed: string;
        receipt_failed: string;
    };
    state: {
        received: string;
        filed: string;
        redo: (reason: string) => string;
        refused: (reason: string) => string;
        withdrawn: string;
        unfinished: string;
        badge: Record<"received" | "filed" | "redo" | "refused" | "withdrawn" | "unfinished", string>;
        changed: (file: string, state: string) => string;
    };
    stop: {
        no_link: { title: string; text: string };
        expired: { title: string; text: (date: string) => string; ask: string };
        withdrawn: { title: string; text: string; during: string };
        paused: { title: string; text: string };
        closed: { title: string; text: string };
        maintenance: { title: string; text: string };
        offline: { title: string; text: string };
        tampered: { title: string; text: string };
        browser: { title: string; text: string };
        retry: string;
        contact: (service: string) => string;
    };
    receipt_file: string; // file name, without extension
    filed_receipt_file: string;
}
