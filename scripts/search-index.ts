// `npm run search-index -- [--rebuild] [--remote [--env NAME] [--config FILE]] [--state DIR]`
import { searchIndex } from "./search-index/command.ts";

process.exitCode = await searchIndex(process.argv.slice(2));
