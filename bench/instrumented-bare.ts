// @ts-expect-error: the bare Worker is plain JavaScript, as small as can be.
import worker from "./bare.js";
import { instrumented } from "./instrumented.ts";

export default instrumented(worker);
