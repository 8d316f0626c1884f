/**
 * Refuses to go on under a Node.js older than the one the package declares, and says what to do.
 * Written in the oldest JavaScript that still parses everywhere, and without imports: it must run
 * where nothing else of the package does.
 */
(function () {
  var NEEDED = 24;
  var found = process.versions.node;
  if (parseInt(found, 10) >= NEEDED) return;
  process.stderr.write(
    [
      'Drawbridge needs Node.js ' + NEEDED + ' or newer; this is Node.js ' + found + '.',
      '',
      'In a checkout on Linux x64: run "npm ci". It brings Node.js 24 into node_modules, and every',
      'npm script (npm start, npm test, npm run check) then runs on it.',
      'Elsewhere: install the version named in the file .node-version, for example with "nvm install"',
      'or "fnm install", or from https://nodejs.org, and run the command again.',
      '',
    ].join('\n'),
  );
  process.exit(1);
})();
