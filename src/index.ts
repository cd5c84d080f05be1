// The Worker's entry: hands requests over to the app.
import { app } from "./app.ts";

export default { fetch: app.fetch } satisfies ExportedHandler<Env>;
