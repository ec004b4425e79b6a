// Believable content for the mock console: invented people, three case types, every state. Dates are relative to now.

const day = 86_400_000;
const at = (days, hours = 0) => new Date(Date.now() + days * day + hours * 3_600_000).toISOString();
const end_of = (days) => {
    const moment = new Date(Date.now() + days * day);
    moment.setHours(23, 59, 59, 0);
    return moment.toISOString();
};
let counter = 0;
const id = () => (++counter).toString(16).padStart(32, "0");
const four = (nl, fr, de, en) => ({ nl, ...(fr ? { fr, de, en } : {}) });

const document = (type, title, by, compartment, consent) => ({ type, title: four(title), by, compartment, consent });

export const case_types = [
    {
        id: "medical-unfitness",
        version: "0.1.0",
        title: four("Beoordeling medische ongeschiktheid"),
        parties: [
            { role: "client", title: four("Cliënt") },
            { role: "treating-provider", title: four("Behandelend zorgverlener") },
        ],
        documents: [
            document("medical-report", "Medisch verslag behandelend arts", ["treating-provider"], "medical", true),
            document("specialist-letter", "Brief specialist", ["treating-provider"], "medical", true),
            document("hospital-report", "Ontslagbrief ziekenhuis", ["treating-provider"], "medical", true),
            document("test-result", "Onderzoeksresultaat of beeld", ["treating-provider"], "medical", true),
            document("unfitness-certificate", "Attest arbeidsongeschiktheid (zonder diagnose)", ["client", "treating-provider"], "general", false),
            document("signed-consent", "Ondertekende toestemming", ["client"], "general", false),
        ],
    },
    {
        id: "city-renewal",
        version: "0.1.0",
        title: four("Taskforce stadsvernieuwing: documenten van opdrachtnemers"),
        parties: [{ role: "contractor", title: four("Opdrachtnemer") }],
        documents: [
            document("site-report", "Werfverslag", ["contractor"], "general", false),
            document("drawing", "Plan of model", ["contractor"], "general", false),
            document("asbestos-inventory", "Asbestinventaris", ["contractor"], "general", false),
        ],
    },
    {
        id: "subsidy-jury",
        version: "0.1.0",
        title: four("Subsidie ‘Samen aan Zet’: aanvragen en pre-advies jury"),
        parties: [
            { role: "applicant", title: four("Aanvrager (vereniging of bewonersgroep)") },
            { role: "jury-member", title: four("Jurylid") },
        ],
        documents: [
            document("application-form", "Aanvraagformulier", ["applicant"], "general", false),
            document("budget", "Begroting", ["applicant"], "general", false),
            document("pre-advice", "Pre-advies jurylid", ["jury-member"], "general", false),
        ],
    },
];

const title_of = (case_type, type) => case_types.find((one) => one.id === case_type).documents.find((one) => one.type === type).title;

function filed(case_type, type, party, name, size, days, more = {}) {
    const compartment = case_types.find((one) => one.id === case_type).documents.find((one) => one.type === type).compartment;
    return { id: id(), item: type, title: title_of(case_type, type), party, state: "filed", reason: null, at: at(days), size, name, compartment, ...more };
}

const item = (case_type, type, received, required = true) => ({ type, title: title_of(case_type, type), required, received });

function withdrawn_dossier() {
    const party = { id: id(), role: "treating-provider", name: "Tandartsenpraktijk De Brug", mail: "praktijk@debrug.example" };
    const type = "medical-unfitness";
    return {
        id: id(), caseNumber: "SOC-2026-00398", caseType: type, subject: "Yannick D.", status: "in-treatment", handler: "Els Vermeulen", openedAt: at(-31),
        parties: [party],
        consents: [{
            id: id(), kind: "secrecy-release", party: party.id, state: "withdrawn", from: at(-30), until: at(150), evidence: "signed-paper-scan",
            events: [{ at: at(-30), type: "given", by: "els" }, { at: at(-1, -3), type: "withdrawn", by: "els" }],
        }],
        requests: [{
            id: id(), party: party.id, partyName: party.name, state: "partial", deadline: end_of(9), sentAt: at(-29),
            items: [item(type, "medical-report", 0), item(type, "specialist-letter", 1, false)],
        }],
        documents: [
            filed(type, "specialist-letter", party.id, "brief-kaakchirurg.pdf", 318_442, -12),
            filed(type, "medical-report", party.id, null, 842_113, -1, { state: "withdrawn", reason: four("Niet geopend: de toestemming is ingetrokken.") }),
        ],
        timeline: [
            { at: at(-31), act: "dossier.opened", text: four("Dossier geopend", "Dossier ouvert", "Dossier eröffnet", "Case opened"), by: "Sofie Maes" },
            { at: at(-30), act: "consent.given", text: four("Toestemming geregistreerd"), by: "Sofie Maes" },
            { at: at(-29), act: "request.sent", text: four("Documenten gevraagd"), by: "Sofie Maes" },
            { at: at(-12), act: "document.filed", text: four("Stuk opgenomen in het dossier"), by: "Sofie Maes" },
            { at: at(-1, -3), act: "consent.withdrawn", text: four("Toestemming ingetrokken"), by: "Sofie Maes" },
            { at: at(-1, -2), act: "document.withdrawn", text: four("Stuk niet geopend: toestemming ingetrokken"), by: "Sofie Maes" },
        ],
    };
}

function medical_dossier() {
    const type = "medical-unfitness";
    const doctor = { id: id(), role: "treating-provider", name: "Dr. Amina Haddad, huisarts", mail: "a.haddad@wijkpraktijk-zuid.example" };
    const hospital = { id: id(), role: "treating-provider", name: "AZ Sint-Elooi, dienst orthopedie", mail: "secretariaat.orthopedie@az-sint-elooi.example" };
    const client = { id: id(), role: "client", name: "Marleen P.", mail: "marleen.p@post.example" };
    return {
        id: id(), caseNumber: "SOC-2026-00412", caseType: type, subject: "Marleen P.", status: "in-treatment", handler: "Els Vermeulen", openedAt: at(-24),
        parties: [doctor, hospital, client],
        consents: [
            { id: id(), kind: "secrecy-release", party: doctor.id, state: "given", from: at(-23), until: at(157), evidence: "signed-paper-scan",
              events: [{ at: at(-23), type: "given", by: "els" }] },
            { id: id(), kind: "secrecy-release", party: hospital.id, state: "given", from: at(-23), until: at(157), evidence: "witnessed-by-handler",
              events: [{ at: at(-23, 1), type: "given", by: "els" }] },
        ],
        requests: [
            { id: id(), party: doctor.id, partyName: doctor.name, state: "complete", deadline: end_of(7), sentAt: at(-22),
              items: [item(type, "medical-report", 2)] },
            { id: id(), party: hospital.id, partyName: hospital.name, state: "partial", deadline: end_of(4), sentAt: at(-20),
              items: [item(type, "hospital-report", 0), item(type, "test-result", 1, false)] },
        ],
        documents: [
            filed(type, "medical-report", doctor.id, "verslag-2026-11-18.pdf", 412_880, -5),
            filed(type, "medical-report", doctor.id, "bijlage-medicatieschema-en-overzicht-van-de-behandeling-najaar-2026.pdf", 96_240, -5),
            filed(type, "test-result", hospital.id, "rx-knie-links.png", 2_318_004, -2),
            filed(type, "hospital-report", hospital.id, null, 512_300, -1, { state: "redo", reason: four("Het bestand is beschadigd aangekomen. Bezorg het opnieuw.") }),
            filed(type, "unfitness-certificate", client.id, "attest.jpg", 1_204_551, 0, { at: at(0, -1) }),
            filed(type, "test-result", hospital.id, null, 34_120_000, 0, { state: "checking", at: at(0, -0.2) }),
        ],
        timeline: [
            { at: at(-24), act: "dossier.opened", text: four("Dossier geopend", "Dossier ouvert", "Dossier eröffnet", "Case opened"), by: "Sofie Maes" },
            { at: at(-24, 1), act: "party.added", text: four("Partij toegevoegd", "Partie ajoutée", "Partei hinzugefügt", "Party added"), by: "Sofie Maes" },
            { at: at(-23), act: "consent.given", text: four("Toestemming geregistreerd"), by: "Sofie Maes" },
            { at: at(-23, 1), act: "consent.given", text: four("Toestemming geregistreerd"), by: "Sofie Maes" },
            { at: at(-22), act: "request.sent", text: four("Documenten gevraagd"), by: "Sofie Maes" },
            { at: at(-20), act: "request.sent", text: four("Documenten gevraagd"), by: "Sofie Maes" },
            { at: at(-5), act: "document.accepted", text: four("Stuk ontvangen"), by: "Sofie Maes" },
            { at: at(-5, 0.01), act: "document.filed", text: four("Stuk opgenomen in het dossier"), by: "Sofie Maes" },
            { at: at(-5, 0.02), act: "document.filed", text: four("Stuk opgenomen in het dossier"), by: "Sofie Maes" },
            { at: at(-4), act: "document.read", text: four("Stuk gelezen"), by: "Sofie Maes" },
            { at: at(-2), act: "document.accepted", text: four("Stuk ontvangen"), by: "Sofie Maes" },
            { at: at(-2, 0.01), act: "document.filed", text: four("Stuk opgenomen in het dossier"), by: "Sofie Maes" },
            { at: at(-1), act: "document.redo", text: four("Stuk opnieuw gevraagd"), by: "Sofie Maes" },
            { at: at(0, -1), act: "document.filed", text: four("Stuk opgenomen in het dossier"), by: "Sofie Maes" },
        ],
    };
}

function plain(caseNumber, caseType, subject, party_name, role, types, received, due, opened, more = {}) {
    const party = { id: id(), role, name: party_name, mail: "post@voorbeeld.example" };
    const state = received === types.length ? "complete" : received > 0 ? "partial" : due < 0 ? "expired" : "opened";
    const items = types.map((type, index) => item(caseType, type, index < received ? 1 : 0));
    return {
        id: id(), caseNumber, caseType, subject, status: "in-treatment", handler: "Els Vermeulen", openedAt: at(opened), parties: [party], consents: [],
        requests: types.length === 0 ? [] : [{ id: id(), party: party.id, partyName: party_name, credentials: role === "contractor", state, deadline: end_of(due), sentAt: at(opened + 1), items }],
        documents: types.slice(0, received).map((type) => filed(caseType, type, party.id, `${type}.pdf`, 734_000, opened + 3)),
        timeline: [{ at: at(opened), act: "dossier.opened", text: four("Dossier geopend", "Dossier ouvert", "Dossier eröffnet", "Case opened"), by: "Sofie Maes" }],
        ...more,
    };
}

function credentials_of(request) {
    const one = (label, items, made, until, state) => ({ id: id(), request, label, items, createdBy: "Els Vermeulen", createdAt: at(made), expiresAt: at(until), state });
    return [
        one("Werfserver Kaaimuurwijk", ["site-report", "drawing"], -2, 88, "active"),
        one("Werfserver Kaaimuurwijk", ["site-report", "drawing"], -38, 1, "expiring"),
        one("BIM-koppeling van onderaannemer Studiebureau-Verstraete-en-Partners", ["drawing"], -30, 60, "active"),
        one("Proef", ["site-report"], -39, -9, "expired"),
        one("Oude laptop", ["site-report"], -39, 20, "revoked"),
    ];
}

export function sample() {
    const medical = medical_dossier();
    const withdrawn = withdrawn_dossier();
    const late = plain("SV-2026-017", "city-renewal", "Renovatie Kaaimuurwijk, fase 2", "Aannemingen Baert nv", "contractor", ["site-report", "drawing", "asbestos-inventory"], 2, -3, -40);
    const jury = plain("SUB-2026-088", "subsidy-jury", "Buurttuin Het Groene Plein", "vzw Het Groene Plein", "applicant", ["application-form", "budget"], 2, 12, -15, { status: "advice" });
    const fresh = plain("SOC-2026-00431", "medical-unfitness", "Pieter-Jan V.", "Dr. Luc Martens, reumatoloog", "treating-provider", [], 0, 0, -1);
    const notice = (dossier, kind, nl, days, hours = 0, done = false) => ({ id: id(), at: at(days, hours), kind, caseNumber: dossier.caseNumber, dossier: dossier.id, text: four(nl), done });
    return {
        staff: [
            { user: "els", name: "Els Vermeulen", roles: ["handler"] },
            { user: "claes", name: "Dr. Wim Claes", roles: ["advising-doctor"] },
            { user: "meyer", name: "Sofie Meyer", roles: ["dpo"] },
        ],
        credentials: credentials_of(late.requests[0].id),
        dossiers: [medical, withdrawn, late, jury, fresh],
        inbox: [
            notice(medical, "document.filed", "Een stuk is toegekomen.", 0, -1),
            notice(medical, "document.redo", "Een stuk moet opnieuw worden bezorgd.", -1),
            notice(withdrawn, "consent.withdrawn", "Een toestemming is ingetrokken.", -1, -3),
            notice(withdrawn, "document.withdrawn", "Een stuk is niet geopend: de toestemming is ingetrokken.", -1, -2),
            notice(medical, "document.filed", "Een stuk is toegekomen.", -2),
            notice(jury, "document.filed", "Een stuk is toegekomen.", -3),
            notice(late, "document.filed", "Een stuk is toegekomen.", -6, 0, true),
        ],
    };
}
