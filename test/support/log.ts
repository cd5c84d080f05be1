// The log of the Worker, which is the console of the test.
import { vi } from "vitest";

export type LogLine = Record<string, unknown>;

/** Captures the log lines from now on, until `vi.restoreAllMocks()`. */
export function captureLog(): LogLine[] {
  const lines: LogLine[] = [];
  for (const method of ["log", "error"] as const) {
    vi.spyOn(console, method).mockImplementation((line) => lines.push(JSON.parse(line)));
  }
  return lines;
}

export const requestLines = (lines: LogLine[]) => lines.filter(({ event }) => event === "request");
