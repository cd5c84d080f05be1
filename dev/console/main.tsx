// The entry point of the console.
import { render } from "preact";
import { App } from "./app.tsx";
import { Toasts } from "./toasts.tsx";

render(
  <>
    <App />
    <Toasts />
  </>,
  document.body,
);
