// Where the page starts.

import { render } from "preact";
import "../shared/style.css";
import { App } from "./app.tsx";
import "./upload.css";

const place = document.getElementById("app");
if (place) {
    place.replaceChildren();
    render(<App />, place);
}
