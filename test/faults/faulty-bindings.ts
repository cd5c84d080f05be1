// Bindings that fail as a seed has it: at any operation, before or after it took effect, or with the whole Worker.
import { env } from "cloudflare:workers";

export type FaultKind =
  /** The operation fails and has done nothing. */
  | "refused"
  /** The operation is done, and its answer is lost. */
  | "answer lost"
  /** A statement in the middle of a batch fails; other operations are refused. */
  | "broken batch"
  /** The Worker dies before this operation: nothing that comes after happens. */
  | "dead before"
  /** The Worker dies when this operation is done. */
  | "dead after";

export interface Fault {
  /** Which operation it hits, counted from 0. */
  step: number;
  kind: FaultKind;
  /** Which statement of a batch, for "broken batch". */
  statement: number;
}

/** Bindings under `faults`, and what was done with them, for the report of a run that went wrong. */
export function faultyBindings(faults: Fault[]): { bindings: Partial<Env>; done: string[] } {
  const done: string[] = [];
  let step = 0;
  let isDead = false;

  async function operate<T>(name: string, act: () => Promise<T>, broken: typeof act = refuse): Promise<T> {
    if (isDead) throw new Error("the Worker is dead");
    const fault = faults.find((candidate) => candidate.step === step);
    step += 1;
    done.push(fault ? `${name} (${fault.kind})` : name);
    switch (fault?.kind) {
      case undefined:
        return act();
      case "refused":
        return refuse();
      case "broken batch":
        return broken();
      case "dead before":
        isDead = true;
        return refuse();
      case "answer lost":
        await act();
        return refuse();
      case "dead after":
        await act();
        isDead = true;
        return refuse();
    }
  }

  const statement = (sql: string, prepared: D1PreparedStatement): D1PreparedStatement =>
    new Proxy(prepared, {
      get(target, property) {
        const member = Reflect.get(target, property);
        if (property === "bind") return (...values: unknown[]) => statement(sql, target.bind(...values));
        if (typeof member !== "function") return member;
        const execute = (...args: unknown[]) => member.apply(target, args);
        if (property === "statement") return member;
        return (...args: unknown[]) => operate(`D1 ${sql.slice(0, 60)}`, () => execute(...args));
      },
    });

  const database: D1Database = new Proxy(env.DB, {
    get(target, property) {
      if (property === "prepare") return (sql: string) => statement(sql, target.prepare(sql));
      if (property === "withSession") return () => database;
      if (property === "batch") {
        return (statements: D1PreparedStatement[]) =>
          operate(
            `D1 batch of ${statements.length}`,
            () => target.batch(statements),
            () => {
              const at =
                (faults.find((fault) => fault.step === step - 1)?.statement ?? 0) % statements.length;
              return target.batch(statements.with(at, target.prepare("injected fault")));
            },
          );
      }
      return Reflect.get(target, property);
    },
  });

  const bucket = new Proxy(env.AUDIO, {
    get(target, property) {
      const member = Reflect.get(target, property);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => operate(`R2 ${String(property)}`, () => member.apply(target, args));
    },
  });

  return { bindings: { DB: database, AUDIO: bucket }, done };
}

const refuse = (): Promise<never> => Promise.reject(new Error("injected fault"));
