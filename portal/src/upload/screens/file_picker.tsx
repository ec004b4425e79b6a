// One wanted item: what it is, the files chosen for it, and three ways to add one. A real button drives a hidden input: speech users
// cannot activate the native one, and its text follows the browser's language instead of the page's.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { format_size } from "../../shared/dates.ts";
import { pick } from "../../shared/language.ts";
import { Badge, Button } from "../../shared/ui.tsx";
import type { Chosen } from "../chosen.ts";
import { use_speech } from "../context.ts";
import type { WantedItem } from "../envelope.ts";
import { accepted_files, is_picture, media_type_names } from "../media_type.ts";
import { LocalizedText } from "./localized_text.tsx";

export function FilePicker(props: {
    item: WantedItem;
    bytes_max: number;
    sent_before: number;
    chosen: readonly Chosen[];
    errors: readonly string[];
    on_files: (files: readonly File[]) => void;
    on_remove: (chosen: Chosen) => void;
}): JSX.Element {
    const { texts, language } = use_speech();
    const [dropping, set_dropping] = useState(false);
    const { item, chosen } = props;
    const title = pick(item.title, language);
    const room = item.files_max - props.sent_before - chosen.length;
    const drop = (event: DragEvent) => {
        event.preventDefault();
        set_dropping(false);
        props.on_files([...(event.dataTransfer?.files ?? [])]);
    };
    const over = (event: DragEvent) => {
        event.preventDefault();
        set_dropping(true);
    };
    const count =
        chosen.length > 0 ? texts.files.added(chosen.length) : props.sent_before > 0 ? texts.files.already(props.sent_before) : "";
    return (
        <li
            class={`item${dropping ? " item-dropping" : ""}${props.errors.length > 0 ? " field-wrong" : ""}`}
            data-item={item.code}
            onDragOver={room > 0 ? over : undefined}
            onDragLeave={() => set_dropping(false)}
            onDrop={room > 0 ? drop : undefined}
        >
            <div class="item-head">
                <h3 id={`title-${item.code}`} lang={title.lang}>
                    {title.text}
                </h3>
                {count ? (
                    <Badge tone="positive">{count}</Badge>
                ) : (
                    <Badge tone={item.required ? "active" : "neutral"}>{item.required ? texts.files.required : texts.files.optional}</Badge>
                )}
            </div>
            <div class="item-hint" id={`hint-${item.code}`}>
                {pick(item.hint, language).text ? (
                    <p>
                        <LocalizedText text={item.hint} />
                    </p>
                ) : null}
                <p class="soft">
                    {texts.files.allowed(media_type_names(item.media_types), format_size(props.bytes_max, language), item.files_max)}
                </p>
            </div>
            {props.errors.map((error) => (
                <p class="field-error" key={error}>
                    {error}
                </p>
            ))}
            <ChosenFiles chosen={chosen} on_remove={props.on_remove} />
            {room > 0 ? <Buttons item={item} on_files={props.on_files} /> : <p class="soft">{texts.files.full}</p>}
        </li>
    );
}

function ChosenFiles(props: { chosen: readonly Chosen[]; on_remove: (chosen: Chosen) => void }): JSX.Element | null {
    const { texts, language } = use_speech();
    if (props.chosen.length === 0) {
        return null;
    }
    return (
        <ul class="file-list">
            {props.chosen.map((chosen) => (
                <li class="file-row" key={chosen.key}>
                    <span class="file-name">{chosen.file.name}</span>
                    <span class="file-size soft">{format_size(chosen.file.size, language)}</span>
                    <Button look="quiet" label={`${texts.files.remove} ${chosen.file.name}`} onClick={() => props.on_remove(chosen)}>
                        {texts.files.remove}
                    </Button>
                </li>
            ))}
        </ul>
    );
}

function has_camera_button(item: WantedItem): boolean {
    return navigator.maxTouchPoints > 0 && matchMedia("(any-pointer: coarse)").matches && item.media_types.some(is_picture);
}

function Buttons(props: { item: WantedItem; on_files: (files: readonly File[]) => void }): JSX.Element {
    const { texts } = use_speech();
    const files = useRef<HTMLInputElement>(null);
    const camera = useRef<HTMLInputElement>(null);
    const { code, files_max, media_types } = props.item;
    const take = (event: { currentTarget: HTMLInputElement }) => {
        const chosen = [...(event.currentTarget.files ?? [])];
        event.currentTarget.value = ""; // the same file may be chosen again after it was removed
        props.on_files(chosen);
    };
    const about = `title-${code} hint-${code}`;
    return (
        <div class="item-buttons">
            <Button id={`pick-${code}`} describedBy={about} onClick={() => files.current?.click()}>
                {texts.files.pick}
            </Button>
            <input
                ref={files}
                id={`file-${code}`}
                type="file"
                hidden
                multiple={files_max > 1}
                accept={accepted_files(media_types)}
                onChange={take}
            />
            {has_camera_button(props.item) ? (
                <>
                    <Button id={`photo-${code}`} describedBy={`title-${code}`} onClick={() => camera.current?.click()}>
                        {texts.files.photo}
                    </Button>
                    <input ref={camera} type="file" hidden accept="image/*" capture="environment" onChange={take} />
                </>
            ) : (
                <span class="soft drop-hint">{texts.files.drop}</span>
            )}
        </div>
    );
}
