// What the extension starts and what it asks for; nothing here needs VS Code.
'use strict';

const path = require('node:path');

const LANGUAGES = ['en', 'zh', 'both'];

// Languages of the texts that may be notebooks, as editors name them.
const TEXTS = ['python', 'markdown', 'quarto', 'myst', 'rmd'];

// What is said where the program cannot be started.
const MISSING = {
  en: (command) =>
    `nbasync: there is no program ${command} where this editor looks. Install it, or give its absolute ` +
    'path in the setting nbasync.path; then run "nbasync: Restart the server".',
  zh: (command) =>
    `nbasync：编辑器查找程序的位置里没有 ${command}。请先安装它，或在设置 nbasync.path 中写上它的绝对路径，` +
    '再运行命令“nbasync: Restart the server”。',
};

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
  const texts = TEXTS.flatMap((language) => [
    { scheme: 'file', language },
    { scheme: 'untitled', language },
  ]);
  return [
    ...texts,
    { notebook: 'jupyter-notebook' },
  ];
}

/** What went wrong at the start, in the reader's language where we have words of our own for it. */
function complaint(error, command, language) {
  // The client library hands on what the system said as text.
  if (!/\bENOENT\b/.test(`${error.code} ${error.message ?? error}`)) {
    return `nbasync: ${error.message ?? error}`;
  }
  return (/^zh/i.test(language) ? MISSING.zh : MISSING.en)(command);
}

module.exports = { server, documents, complaint };
