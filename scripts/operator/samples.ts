// Counts cases of one kind for a tool's report, and formats the count with some of them.

const MAX_EXAMPLES = 20;

/** Counts cases of one kind and keeps the first as examples. */
export class Samples {
  count = 0;
  readonly examples: string[] = [];

  add(example: string): void {
    this.count += 1;
    if (this.examples.length < MAX_EXAMPLES) this.examples.push(example);
  }
}

/** The count, and below it the examples. */
export function sampleLines(samples: Samples, what: string): string[] {
  const others = samples.count - samples.examples.length;
  return [
    `  ${samples.count} ${what}`,
    ...samples.examples.map((example) => `    ${example}`),
    ...(others > 0 ? [`    … and ${others} more`] : []),
  ];
}
