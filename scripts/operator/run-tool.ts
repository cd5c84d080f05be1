// Runs a tool and turns its expected errors into printed messages and exit codes.
import type { Output } from "./output.ts";
import { ToolError, UsageError } from "./tool-error.ts";

/** 0: success, 1: failure, 2: wrong command line. */
export type ExitCode = 0 | 1 | 2;

/** @throws any error that is neither a {@link ToolError} nor a {@link UsageError} */
export async function runTool(
  usage: string,
  output: Output,
  tool: () => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    return await tool();
  } catch (error) {
    if (error instanceof UsageError) {
      output.error(`${error.message}\n\n${usage}`);
      return 2;
    }
    if (!(error instanceof ToolError)) throw error;
    output.error(error.message);
    return 1;
  }
}
