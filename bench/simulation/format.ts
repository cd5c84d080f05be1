// Numbers as text, rounded to what the simulation can tell: two digits.

/** Two significant digits, with thousands separators. */
export const significant = (value: number): string =>
  value === 0 ? "0" : Number(value.toPrecision(2)).toLocaleString("en-US", { maximumFractionDigits: 6 });

/** 2,300,000 is "2.3 M". */
export function compact(value: number): string {
  const units = [
    [1e9, " G"],
    [1e6, " M"],
    [1e3, " k"],
  ] as const;
  const rounded = Number(value.toPrecision(2));
  for (const [size, unit] of units) {
    if (rounded >= size) return `${significant(rounded / size)}${unit}`;
  }
  return significant(rounded);
}

export const percent = (share: number): string => `${significant(share * 100)} %`;

/** Whole dollars where there are hundreds. */
export const money = (amount: number): string => (amount < 1 ? dollars(amount) : significant(amount));

export const dollars = (amount: number): string => amount.toFixed(2);
