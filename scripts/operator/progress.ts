// How far a tool has come: a bar on a terminal, plain lines everywhere else.
import { Presets, SingleBar } from "cli-progress";

/** Says what was done last, and how much of the total it was. */
export type Advance = (by: number, message: string) => void;

/** Shows the progress of `work` until it ends, or fails. */
export async function withProgress<T>(
  title: string,
  total: number,
  work: (advance: Advance) => Promise<T>,
): Promise<T> {
  if (process.stdout.isTTY) return withBar(title, total, work);
  console.log(title);
  return work((_by, message) => console.log(`${title}: ${message}`));
}

async function withBar<T>(title: string, total: number, work: (advance: Advance) => Promise<T>): Promise<T> {
  // Its own way of ending gracefully ends the bar alone, and lets the tool go on.
  const options = {
    format: `${title} {bar} {percentage} % {message}`,
    gracefulExit: false,
    hideCursor: true,
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  const interrupt = (signal: NodeJS.Signals) => {
    bar.stop();
    process.kill(process.pid, signal);
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
