// One call of a function that queries D1, at scale.

/** How often each is measured. */
export const RUNS = 5;

export interface Scenario {
  /** Names a row of the report: scenarios with the same label share one, with the largest figures. */
  label: string;
  /** The function that is called. */
  of: unknown;
  call: (d1: D1Database, run: number) => Promise<unknown>;
  /** Whatever the organisation and the tables hold. */
  maxRowsRead: number;
  /** Whether the response to the first batch is lost, so that the function repeats it. */
  losesResponse: boolean;
}

/** A point query, with what its batch reads of the same few rows. */
const FEW_ROWS = 20;

/** Calls `of` with the arguments of each run. */
export const scenario = <Args extends unknown[]>(
  label: string,
  of: (d1: D1Database, ...args: Args) => Promise<unknown>,
  args: (run: number) => [...Args],
  {
    maxRowsRead = FEW_ROWS,
    losesResponse = false,
  }: Partial<Pick<Scenario, "maxRowsRead" | "losesResponse">> = {},
): Scenario => ({ label, of, call: (d1, run) => of(d1, ...args(run)), maxRowsRead, losesResponse });
