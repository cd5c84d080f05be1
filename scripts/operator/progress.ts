// How far a tool has come: a bar on a terminal, plain lines everywhere else.
import { progress } from "@clack/prompts";

export interface Progress {
  /** Says what was done last, and how much of the total it was. */
  advance: (by: number, message: string) => void;
  finish: (message: string) => void;
}

/** `plainEveryMs` is the least time between two plain lines. */
export function startProgress(title: string, total: number, plainEveryMs = 0): Progress {
  // A terminal that does not know its width can hold no bar.
  return process.stdout.isTTY && process.stdout.columns > 0 ? bar(title, total) : lines(title, plainEveryMs);
}

function bar(title: string, total: number): Progress {
  const shown = progress({ max: Math.max(1, total) });
  shown.start(title);
  return {
    advance: (by, message) => shown.advance(by, message),
    finish: (message) => shown.stop(message),
  };
}

function lines(title: string, everyMs: number): Progress {
  let printedAt = 0;
  console.log(title);
  return {
    advance: (_by, message) => {
      if (Date.now() - printedAt < everyMs) return;
      printedAt = Date.now();
      console.log(message);
    },
    finish: (message) => console.log(message),
  };
}
