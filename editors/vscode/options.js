// What the extension starts and what it asks for; nothing here needs VS Code.
'use strict';

const path = require('node:path');

const LANGUAGES = ['en', 'zh', 'both'];

/**
 * The program and its arguments.
 *
 * A name is looked up on PATH by the system. A relative path would be looked up in the folder that
 * happens to be open, so that a stranger's repository could bring a program of its own.
 */
function server({ program, language }) {
  const command = (program ?? '').trim() || 'nbasync';
  const isName = !/[\\/]/.test(command);
  if (!isName && !path.isAbsolute(command)) {
    throw new Error(`nbasync.path is neither a name nor an absolute path: ${command}`);
  }
  // How they talk is what the client library adds by itself.
  const args = ['server'];
  if (LANGUAGES.includes(language)) {
    args.push('--lang', language);
  }
  return { command, args };
}

/** Which documents the server sees: Python texts, Markdown with cells, and all cells of notebooks. */
function documents() {
  const texts = ['python', 'markdown', 'quarto'].flatMap((language) => [
    { scheme: 'file', language },
    { scheme: 'untitled', language },
  ]);
  return [
    ...texts,
    { notebook: 'jupyter-notebook' },
  ];
}

module.exports = { server, documents };
