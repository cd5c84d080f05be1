// Measures what stays in V8's heap. For tests that run in Node.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** The bytes that `action` leaves in the heap after a garbage collection. */
export async function heapGrowth(action: () => unknown): Promise<number> {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  await action();
  collectGarbage();
  return process.memoryUsage().heapUsed - before;
}
