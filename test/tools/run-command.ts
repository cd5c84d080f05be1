// Runs a tool's command within the test process.
import type { Output } from "../../scripts/operator/output.ts";
import type { ExitCode } from "../../scripts/operator/run-tool.ts";
import type { openStorage, Storage } from "../../scripts/operator/storage.ts";
import { createMemoryD1 } from "./memory-d1.ts";
import { createMemoryR2 } from "./memory-r2.ts";

type Command = (
  args: string[],
  dependencies: { output: Output; open?: typeof openStorage },
) => Promise<ExitCode>;

/** The state that a test works on; the command must not close it. */
export type Stores = Pick<Storage, "database" | "bucket"> & Partial<Pick<Storage, "searchDatabase">>;

export const createMemoryStores = (): Stores => ({ database: createMemoryD1(), bucket: createMemoryR2() });

/** Without `stores`, the command opens what its arguments name. `output` has both streams, as a terminal would. */
export async function runCommand(
  command: Command,
  args: string[],
  stores?: Stores,
): Promise<{ code: ExitCode; output: string }> {
  const lines: string[] = [];
  const print = (text: string) => {
    lines.push(`${text}\n`);
  };
  const output = { log: print, error: print, isTerminal: false };
  const searchDatabase = stores?.searchDatabase ?? createMemoryD1("migrations-search");
  const open = stores && (async () => ({ ...stores, searchDatabase, close: async () => undefined }));
  const code = await command(args, { output, ...(open && { open }) });
  return { code, output: lines.join("") };
}
