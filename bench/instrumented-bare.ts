// @ts-expect-error: the bare Worker is plain JavaScript without declarations.
import worker from "./bare.js";
import { instrumented } from "./instrumented.ts";

export default instrumented(worker);
