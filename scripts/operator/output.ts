// Where a tool prints its lines. Tests pass their own, to run a command without a process.

export interface Output {
  log: (text: string) => void;
  error: (text: string) => void;
  /** True when progress can be drawn as a bar. */
  isTerminal: boolean;
}

export const consoleOutput: Output = {
  log: (text) => console.log(text),
  error: (text) => console.error(text),
  isTerminal: process.stdout.isTTY === true,
};
