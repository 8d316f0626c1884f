/** A real Chromium, as people have one; one for each file of tests. */
import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const program = PROGRAMS.find((path) => existsSync(path));

/**
 * Why tests that need a browser are skipped; '' where they run. They are never skipped where
 * `CI_NO_SKIP` is set: there a missing browser is a failure.
 */
export const browserMissing =
  program === undefined && process.env['CI_NO_SKIP'] !== '1' ? 'no Chromium is installed' : '';

if (browserMissing !== '')
  console.warn(`Tests that need a browser are skipped: ${browserMissing}.`);

/** For tests with a browser, which is slow on a machine that does other things as well. */
export const PATIENT = { timeout: 90_000 };

export async function startBrowser(): Promise<Browser> {
  if (program === undefined) throw new Error('There is no Chromium.');
  return await chromium.launch({
    executablePath: program,
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
}
