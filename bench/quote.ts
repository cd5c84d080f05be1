// `npm run bench:quote`: copies rows of bench/results.md into docs/benchmarks.md. `npm run bench` ends with it.
import { quoteResults } from "./quoted-results.ts";

quoteResults();
