// How to reach who asks: from the envelope, as links that a phone can use.

import type { JSX } from "preact";
import type { Envelope } from "../envelope.ts";

export function Contact(props: { envelope: Envelope }): JSX.Element {
    const { name, phone, mail } = props.envelope.asker;
    return (
        <span class="contact">
            {name ? <span>{name}</span> : null}
            {phone ? <a href={`tel:${phone.replaceAll(/[^+\d]/g, "")}`}>{phone}</a> : null}
            {mail ? <a href={`mailto:${mail}`}>{mail}</a> : null}
        </span>
    );
}
