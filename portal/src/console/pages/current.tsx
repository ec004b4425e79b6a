// From the address to its page. The key makes a page new when the address names another thing, so that nothing of the old one stays.

import type { JSX } from "preact";

import { use_desk, is } from "../desk.ts";
import type { Inbox } from "../inbox_poll.ts";
import type { Route } from "../routes.ts";
import { CredentialPage } from "./credentials/change.tsx";
import { NewCredentialPage } from "./credentials/new.tsx";
import { DossierPage } from "./dossier/page.tsx";
import { DossiersPage } from "./dossiers.tsx";
import { InboxPage } from "./inbox.tsx";
import { NewConsentPage } from "./new_consent.tsx";
import { NewDossierPage } from "./new_dossier.tsx";
import { NewPartyPage } from "./new_party.tsx";
import { NewRequestPage } from "./new_request/page.tsx";
import { ReadingPage } from "./reading.tsx";
import { ReleasePage } from "./release.tsx";
import { WithdrawPage } from "./withdraw.tsx";

export function CurrentPage(props: { route: Exclude<Route, { page: "unknown" }>; inbox: Inbox }): JSX.Element {
    const { account } = use_desk();
    const { route } = props;
    switch (route.page) {
        case "start":
            return is(account, "advising-doctor") ? <ReadingPage key="start" /> : <InboxPage key="start" inbox={props.inbox} />;
        case "inbox":
            return <InboxPage key="inbox" inbox={props.inbox} />;
        case "reading":
            return <ReadingPage key="reading" />;
        case "dossiers":
            return <DossiersPage key="dossiers" filter={route.filter} show={route.show} />;
        case "new-dossier":
            return <NewDossierPage key="new-dossier" />;
        case "dossier":
            return <DossierPage key={`dossier ${route.dossier}`} id={route.dossier} />;
        case "new-party":
            return <NewPartyPage key={`party ${route.dossier}`} dossier={route.dossier} then_request={route.then_request} />;
        case "new-consent":
            return (
                <NewConsentPage key={`consent ${route.dossier}`} dossier={route.dossier} party={route.party} then_request={route.then_request} />
            );
        case "withdraw":
            return <WithdrawPage key={`withdraw ${route.consent}`} dossier={route.dossier} consent={route.consent} />;
        case "new-credential":
            return <NewCredentialPage key={`credential ${route.request}`} dossier={route.dossier} request={route.request} />;
        case "credential":
            return (
                <CredentialPage key={`${route.act} ${route.credential}`} dossier={route.dossier} request={route.request} credential={route.credential} act={route.act} />
            );
        case "release":
            return <ReleasePage key={`release ${route.document}`} dossier={route.dossier} document={route.document} />;
        case "new-request":
            return <NewRequestPage key={`request ${route.dossier}`} dossier={route.dossier} step={route.step} />;
    }
}
