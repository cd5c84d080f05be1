// Shows progress: a bar on a terminal, one line per step otherwise.
import { Presets, SingleBar } from "cli-progress";
import type { Output } from "./output.ts";

/** Adds `by` to the progress, in the unit of the total, and shows `message`. */
type Advance = (by: number, message: string) => void;

/** Shows the progress of `work` until it settles. */
export async function withProgress<T>(
  output: Output,
  title: string,
  total: number,
  work: (advance: Advance) => Promise<T>,
): Promise<T> {
  if (output.isTerminal) return withBar(title, total, work);
  output.log(title);
  return work((_by, message) => output.log(`${title}: ${message}`));
}

async function withBar<T>(title: string, total: number, work: (advance: Advance) => Promise<T>): Promise<T> {
  const options = {
    format: `${title} {bar} {percentage} % {message}`,
    // cli-progress's own signal handler would stop the bar and leave the process running.
    gracefulExit: false,
    hideCursor: true,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  const interrupt = (signal: NodeJS.Signals) => {
    bar.stop();
    // Unless the tool handles the signal itself, to clean up.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  bar.start(total, 0, { message: "" });
  try {
    const result = await work((by, message) => bar.increment(by, { message }));
    bar.update(total);
    return result;
  } finally {
    bar.stop();
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, interrupt);
  }
}
