// The requests under load: what is asked of the service, and of the bare Worker that it is compared with.
import type { RunningWorker } from "../dev/workerd.ts";
import {
  fillEdgeCache,
  linkOf,
  newGenerations,
  newSessionHeaders,
  RANGE,
  SIZES,
  type Size,
  sessionHeaders,
} from "./fixtures.ts";
import { CONNECTIONS, type RequestSpec } from "./load.ts";

/** About a tenth of a second: short enough that a fluctuation of the machine affects every side of a turn. */
const REQUESTS = {
  "64-KiB": 12 * CONNECTIONS,
  "1-MiB": 4 * CONNECTIONS,
  "10-MiB": CONNECTIONS,
} satisfies Record<Size, number>;

/** No two processes are equally fast: a ratio is the median over this many groups of them. */
export const GROUPS = 9;
/** Of each scenario in each group, after one that is not measured. */
const TURNS = 4;
/** First plays of 64 KiB have targets, and single requests are slow after the objects of a turn were stored. */
const FIRST_PLAY_TURNS = 8;
/** Warm plays have targets a few hundredths from 1: groups of four turns had ratios of 0.63 to 1.26. */
export const WARM_GROUPS = 15;
export const WARM_TURNS = 20;

/** The bare Worker reads only R2; the other one reads the generation's row from D1 before. */
export type Reference = "bare" | "bareRow";

/** The requests of one turn, for both sides: each list is sent once, or its only request as often as `amount`. */
interface TurnRequests {
  service: RequestSpec[];
  bare: RequestSpec[];
}

export interface Scenario {
  name: string;
  reference: Reference;
  status: number;
  groups: number;
  /** Requests of a turn. */
  amount: number;
  turns: number;
  prepare?: (service: RunningWorker) => Promise<void>;
  requests: (service: RunningWorker, bare: RunningWorker) => Promise<TurnRequests>;
}

export const SHAPES = [
  { shape: "whole", range: {}, status: 200 },
  { shape: "ranged", range: RANGE, status: 206 },
] as const;

/** Every size whole and ranged: first played, played again, and a system voice from the edge cache. */
const plays = SIZES.flatMap(([size]) =>
  SHAPES.flatMap(({ shape, range, status }): Scenario[] => {
    const headers = { ...sessionHeaders, ...range };
    const common = { status, groups: GROUPS, amount: REQUESTS[size], turns: TURNS };
    const { amount } = common;
    const bare = [{ path: `/${size}`, headers }];
    const voice = `/api/voices/${size}`;
    return [
      {
        ...common,
        turns: size === "64-KiB" ? FIRST_PLAY_TURNS : TURNS,
        name: `generation, first play, ${size} ${shape}`,
        reference: "bareRow",
        requests: async (service, bareRow) => {
          const ids = await newGenerations([service, bareRow], size, amount);
          return {
            service: ids.map((id) => ({ path: `/api/audio/${id}`, headers })),
            bare: ids.map((id) => ({ path: `/${id}`, headers })),
          };
        },
      },
      {
        ...common,
        // The largest has no target, and takes the longest.
        ...(size !== "10-MiB" && { groups: WARM_GROUPS, turns: WARM_TURNS }),
        name: `generation, warm, ${size} ${shape}`,
        reference: "bare",
        requests: async () => ({ service: [{ path: `/api/audio/${size}`, headers }], bare }),
      },
      {
        ...common,
        name: `system voice, hit, ${size} ${shape}`,
        reference: "bare",
        prepare: (service) => fillEdgeCache(service, voice),
        requests: async () => ({ service: [{ path: voice, headers }], bare }),
      },
    ];
  }),
);

/** A session token is verified once a minute per isolate, a link each time. */
const verifications = SHAPES.flatMap(({ shape, range, status }): Scenario[] => {
  const size = "64-KiB";
  const common = {
    status,
    groups: GROUPS,
    amount: REQUESTS[size],
    turns: TURNS,
    reference: "bare",
  } as const;
  const bare = [{ path: `/${size}`, headers: { ...sessionHeaders, ...range } }];
  return [
    {
      ...common,
      name: `generation, verifying a session token, ${size} ${shape}`,
      requests: async () => {
        const sessions = await Promise.all(Array.from({ length: common.amount }, () => newSessionHeaders()));
        const path = `/api/audio/${size}`;
        return { service: sessions.map((session) => ({ path, headers: { ...session, ...range } })), bare };
      },
    },
    {
      ...common,
      name: `generation, verifying a link, ${size} ${shape}`,
      requests: async (service) => ({
        service: [{ path: await linkOf(service, size), headers: range }],
        bare,
      }),
    },
  ];
});

export const scenarios: Scenario[] = [...plays, ...verifications];
