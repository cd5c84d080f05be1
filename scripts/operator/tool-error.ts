// An error whose message is all that an operator needs: told without a stack, exit code 1.

export class ToolError extends Error {
  override name = "ToolError";
}

/** Runs a tool; what it answers with is the process's exit code. */
export async function runTool(tool: () => Promise<0 | 1>): Promise<void> {
  try {
    process.exitCode = await tool();
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
