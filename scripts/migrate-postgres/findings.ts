// What a pass over the source came upon: how often, and the first cases of each kind.

const SHOWN = 20;

/** Cases of one kind, of which the first are kept. */
export class Cases {
  count = 0;
  readonly first: string[] = [];

  add(text: string): void {
    this.count += 1;
    if (this.first.length < SHOWN) this.first.push(text);
  }
}

/** Of one table. */
export class Findings {
  /** Rows in the source. */
  source = 0;
  rejected = new Cases();
  leftOut = new Cases();
  /** Generations whose voice is nowhere. */
  unlinked = new Cases();
}

/** How the source's rows stand to those in D1. */
export class Comparison extends Findings {
  missing = new Cases();
  differing = new Cases();
  /** D1's row is newer: it stays. */
  newer = new Cases();
  same = 0;
}
