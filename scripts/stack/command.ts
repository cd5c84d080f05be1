// The command `npm run stack`: finds the source of the stack frames in lines of the service's log. Cloudflare applies the
// source map that `npm run deploy` uploads to exceptions that nobody catches, not to what the service writes itself.
import { readFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { parseCommandLine } from "../operator/arguments.ts";
import { bundle, SERVICE_ENTRY } from "../operator/bundle.ts";
import { consoleOutput, type Output } from "../operator/output.ts";
import { type ExitCode, runTool } from "../operator/run-tool.ts";
import { messageOf, ToolError, UsageError } from "../operator/tool-error.ts";

const USAGE = `npm run stack -- FILE

Prints FILE, which has lines of the service's log, with the lines of the source instead of those of the deployed script.
Run it in the commit that is deployed: it builds that script again.`;

/** A position in the deployed script, as a stack frame states it. */
const POSITION = /\bindex\.js:(\d+):(\d+)/g;

/** @returns 0 when the file was printed, 1 when it cannot be read or the script not be built, 2 for a usage error */
export const stack = (
  args: string[],
  { output = consoleOutput }: { output?: Output } = {},
): Promise<ExitCode> =>
  runTool(USAGE, output, async () => {
    const [file, ...rest] = parseCommandLine({ args, allowPositionals: true, options: {} }).positionals;
    if (file === undefined || rest.length > 0) throw new UsageError("name one file");
    const log = await readFile(file, "utf8").catch((error) => {
      throw new ToolError(`${file} cannot be read: ${messageOf(error)}`);
    });
    const map = new SourceMap(JSON.parse((await bundle(SERVICE_ENTRY)).sourceMap));
    output.log(log.replaceAll(POSITION, (frame, line, column) => sourceOf(map, +line, +column) ?? frame));
    return 0;
  });

/** The file, line and column of the source; undefined when the script has no such line. A stack counts from 1. */
function sourceOf(map: SourceMap, line: number, column: number): string | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalSource" in entry) || entry.generatedLine !== line - 1) return undefined;
  return `${entry.originalSource}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
}
