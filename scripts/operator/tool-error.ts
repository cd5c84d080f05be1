// The errors that a tool expects: they are printed without a stack trace. Any other error is a defect of the tool.

/** The operator can solve it; the message says how. Exit code 1. */
export class ToolError extends Error {
  override name = "ToolError";
}

/** The command line is wrong: the usage is printed too. Exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** @returns the message of anything thrown */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
