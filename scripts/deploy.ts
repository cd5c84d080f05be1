// `npm run deploy -- [--env NAME] [--config FILE]`
import { deploy } from "./deploy/command.ts";

process.exitCode = await deploy(process.argv.slice(2));
