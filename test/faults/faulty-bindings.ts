// Bindings that fail as a seed has it: at any operation, before or after it took effect, or with the whole Worker.
import { env } from "cloudflare:workers";
import { runCron } from "../support/fixtures.ts";

export type FaultKind =
  /** The operation fails and has done nothing. */
  | "refused"
  /** The operation is done, and its answer is lost. */
  | "answer lost"
  /** The operation fails, and is done nevertheless when all that follows it is over. */
  | "landing late"
  /** A statement in the middle of a batch fails; other operations are refused. */
  | "broken batch"
  /** An hour passes before the operation, with a sweep. */
  | "overtaken by a sweep"
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

type Act = () => Promise<unknown>;

interface Operation {
  name: string;
  act: Act;
  /** What is done when it lands late; what `act` does when absent. */
  late?: () => Promise<Act>;
  broken?: (statement: number) => Promise<unknown>;
}

/** Bindings under faults. */
export class FaultyBindings {
  /** What was done, for the report of a run that went wrong. */
  readonly done: string[] = [];
  #faults: Fault[];
  #step = 0;
  #isDead: boolean = false;
  #landing: Act[] = [];

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  get bindings(): Partial<Env> {
    return { DB: this.#database(), AUDIO: this.#bucket(env.AUDIO) };
  }

  /** Lets what was on its way arrive. */
  async land(): Promise<void> {
    for (const act of this.#landing.splice(0)) await act().catch(() => undefined);
  }

  async #operate({ name, act, late, broken = refuse }: Operation): Promise<unknown> {
    if (this.#isDead) throw new Error("the Worker is dead");
    const fault = this.#faults.find((candidate) => candidate.step === this.#step);
    this.#step += 1;
    this.done.push(fault ? `${name} (${fault.kind})` : name);
    switch (fault?.kind) {
      case undefined:
        return act();
      case "refused":
        return refuse();
      case "broken batch":
        return broken(fault.statement);
      case "landing late":
        this.#landing.push(late ? await late() : act);
        return refuse();
      case "overtaken by a sweep":
        await runCron({ minutesLater: 61 });
        return act();
      case "answer lost":
        await act();
        return refuse();
      case "dead before":
        this.#isDead = true;
        return refuse();
      case "dead after":
        await act();
        this.#isDead = true;
        return refuse();
    }
  }

  #database(): D1Database {
    const database: D1Database = new Proxy(env.DB, {
      get: (target, property) => {
        if (property === "prepare") return (sql: string) => this.#statement(sql, target.prepare(sql));
        if (property === "withSession") return () => database;
        if (property !== "batch") return Reflect.get(target, property);
        return (statements: D1PreparedStatement[]) =>
          this.#operate({
            name: `D1 batch of ${statements.length}`,
            act: () => target.batch(statements),
            broken: (at) =>
              target.batch(statements.with(at % statements.length, target.prepare("injected fault"))),
          });
      },
    });
    return database;
  }

  #statement(sql: string, prepared: D1PreparedStatement): D1PreparedStatement {
    return new Proxy(prepared, {
      get: (target, property) => {
        const member = Reflect.get(target, property);
        if (property === "bind")
          return (...values: unknown[]) => this.#statement(sql, target.bind(...values));
        if (typeof member !== "function") return member;
        return (...args: unknown[]) =>
          this.#operate({ name: `D1 ${sql.slice(0, 60)}`, act: () => member.apply(target, args) });
      },
    });
  }

  /** A bucket, or a multipart upload that it gave out. */
  #bucket<T extends R2Bucket | R2MultipartUpload>(binding: T): T {
    return new Proxy(binding, {
      get: (target, property) => {
        const member = Reflect.get(target, property);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) =>
          this.#operate({
            name: `R2 ${String(property)}`,
            act: async () => {
              const result = await member.apply(target, args);
              return property === "createMultipartUpload" ? this.#bucket(result) : result;
            },
            // The stream is gone by then: what it holds is kept elsewhere meanwhile.
            ...(property === "put" && {
              late: async () => {
                const [key, body, options] = args as Parameters<R2Bucket["put"]>;
                const elsewhere = `late/${crypto.randomUUID()}`;
                await member.apply(target, [elsewhere, body]);
                const bytes = await (await env.AUDIO.get(elsewhere))?.arrayBuffer();
                await env.AUDIO.delete(elsewhere);
                return () => env.AUDIO.put(key, bytes ?? "", options);
              },
            }),
          });
      },
    });
  }
}

const refuse = (): Promise<never> => Promise.reject(new Error("injected fault"));
