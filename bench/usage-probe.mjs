/** Loaded into a measured process with --import: at exit writes what it used to the file that NETWATCH_USAGE names. */
import { writeFileSync } from 'node:fs';

process.on('exit', () => {
  const { user, system } = process.cpuUsage();
  const usage = { cpuMs: (user + system) / 1000, maxRssMb: process.resourceUsage().maxRSS / 1024 };
  writeFileSync(process.env.NETWATCH_USAGE, JSON.stringify(usage));
});
