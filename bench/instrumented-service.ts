import worker from "../src/index.ts";
import { instrumented } from "./instrumented.ts";

export default instrumented(worker as ExportedHandler<Env>);
