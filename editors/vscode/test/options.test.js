'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const test = require('node:test');

const { complaint, documents, server } = require('../options.js');

const root = path.join(__dirname, '..');
const manifest = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));

test('the server is started by its name, in a language where one is asked for', () => {
  assert.deepStrictEqual(server({}), { command: 'nbasync', args: ['server'] });
  assert.deepStrictEqual(server({ program: ' ', language: 'editor' }).args, ['server']);
  assert.deepStrictEqual(server({ language: 'zh' }).args, ['server', '--lang', 'zh']);
  assert.strictEqual(server({ program: path.resolve('/opt/nbasync') }).command, path.resolve('/opt/nbasync'));
});

test('a program of the open folder is not started', () => {
  for (const program of ['./nbasync', 'bin/nbasync', '..\\nbasync.exe']) {
    assert.throws(() => server({ program }), /absolute/);
  }
  const setting = manifest.contributes.configuration.properties['nbasync.path'];
  assert.strictEqual(setting.scope, 'machine');
});

test('all cells of a notebook are seen', () => {
  assert.ok(documents().some((it) => it.notebook === 'jupyter-notebook' && it.language === undefined));
});

test('whatever the server sees wakes the extension', () => {
  const seen = documents().map((it) => (it.notebook ? `onNotebook:${it.notebook}` : `onLanguage:${it.language}`));
  assert.deepStrictEqual([...new Set(seen)].sort(), [...manifest.activationEvents].sort());
});

test('a program that is not there is named, with what to do, in the language of the reader', () => {
  const told = 'Launching server using command /opt/nb failed.\nError: spawn /opt/nb ENOENT';
  const coded = Object.assign(new Error('spawn /opt/nb'), { code: 'ENOENT' });
  for (const error of [told, new Error(told), coded]) {
    assert.match(complaint(error, '/opt/nb', 'en-gb'), /no program \/opt\/nb .*nbasync\.path/);
    assert.match(complaint(error, '/opt/nb', 'zh-cn'), /没有 \/opt\/nb.*nbasync\.path/);
  }
  assert.strictEqual(complaint(new Error('broken pipe'), 'nbasync', 'zh-tw'), 'nbasync: broken pipe');
  assert.strictEqual(complaint('Pending response rejected', 'nbasync', 'en'), 'nbasync: Pending response rejected');
});

test('every command and setting of the manifest is one of the extension', async () => {
  const commands = [];
  const errors = [];
  let started;
  class LanguageClient {
    constructor(id, name, run, asked) {
      started = { run, asked };
    }
    async start() {}
    async stop() {
      started = undefined;
    }
  }
  const settings = { path: 'nbasync', language: 'both' };
  const stubs = {
    vscode: {
      commands: { registerCommand: (name) => commands.push(name) },
      env: { language: 'en' },
      window: { showErrorMessage: (message) => errors.push(message) },
      workspace: {
        getConfiguration: () => ({ get: (name) => settings[name] }),
        onDidChangeConfiguration: () => ({}),
      },
    },
    'vscode-languageclient/node': { LanguageClient, TransportKind: { stdio: 0 } },
  };
  const load = Module._load;
  Module._load = (name, ...rest) => stubs[name] ?? load(name, ...rest);
  try {
    const extension = require('../extension.js');
    await extension.activate({ subscriptions: [] });
    assert.deepStrictEqual(commands, manifest.contributes.commands.map((it) => it.command));
    assert.deepStrictEqual(started.run.args, ['server', '--lang', 'both']);
    assert.deepStrictEqual(Object.keys(settings).map((name) => `nbasync.${name}`),
      Object.keys(manifest.contributes.configuration.properties));
    settings.path = './evil';
    await extension.deactivate();
    assert.strictEqual(started, undefined);
    await extension.activate({ subscriptions: [] });
    assert.strictEqual(started, undefined);
    assert.match(errors[0], /absolute/);
  } finally {
    Module._load = load;
  }
});
