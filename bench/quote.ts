// `npm run bench:quote`: copies what docs/benchmarks.md and the README quote of bench/results.md. `npm run bench`
// ends with it.
import { quoteResults } from "./quoted-results.ts";

quoteResults();
