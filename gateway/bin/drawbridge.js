#!/usr/bin/env node
/**
 * The command `drawbridge`: first the guard, then the program. The published package holds compiled
 * JavaScript only; a checkout holds the sources, which win over whatever an earlier build left.
 */
import './guard.js';
import './compile-cache.js';
import { existsSync } from 'node:fs';

const source = new URL('../src/main.ts', import.meta.url);
const compiled = new URL('../dist/main.js', import.meta.url);

await import((existsSync(source) ? source : compiled).href);
