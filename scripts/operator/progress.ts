// How far a tool has come: a bar on a terminal, plain lines everywhere else.
import { progress } from "@clack/prompts";

export interface Progress {
  /** Says what was done last, and how much of the total it was. */
  advance: (by: number, message: string) => void;
  finish: (message: string) => void;
}

export function startProgress(title: string, total: number): Progress {
  // A terminal that does not know its width can hold no bar.
  return process.stdout.isTTY && process.stdout.columns > 0 ? bar(title, total) : lines(title);
}

function bar(title: string, total: number): Progress {
  const shown = progress({ max: Math.max(1, total) });
  shown.start(title);
  return {
    advance: (by, message) => shown.advance(by, message),
    finish: (message) => shown.stop(message),
  };
}

function lines(title: string): Progress {
  console.log(title);
  return {
    advance: (_by, message) => console.log(message),
    finish: (message) => console.log(message),
  };
}
