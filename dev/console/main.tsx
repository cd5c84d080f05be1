// The entry point of the console.
import { render } from "preact";
import { App } from "./app.tsx";
import { applyTheme } from "./theme.ts";
import { Toasts } from "./toasts.tsx";

applyTheme();
render(
  <Toasts>
    <App />
  </Toasts>,
  document.body,
);
