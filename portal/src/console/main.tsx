import { render } from "preact";

import "../shared/style.css";
import "./console.css";
import { App } from "./app.tsx";

const place = document.getElementById("app");
if (place) {
    place.replaceChildren(); // the waiting text of the page
    render(<App />, place);
}
