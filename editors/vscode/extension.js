// Starts `nbasync server` and shows what it says.
'use strict';

const os = require('node:os');
const vscode = require('vscode');
const { LanguageClient, TransportKind } = require('vscode-languageclient/node');
const options = require('./options.js');

let client;

async function start() {
  const settings = vscode.workspace.getConfiguration('nbasync');
  const asked = { program: settings.get('path'), language: settings.get('language') };
  try {
    const { command, args } = options.server(asked);
    // The home folder: what a system looks up in the current one is not the open folder's.
    const run = { command, args, transport: TransportKind.stdio, options: { cwd: os.homedir() } };
    client = new LanguageClient('nbasync', 'nbasync', run, {
      documentSelector: options.documents(),
    });
    await client.start();
  } catch (error) {
    const language = asked.language === 'editor' ? vscode.env.language : asked.language;
    vscode.window.showErrorMessage(options.complaint(error, asked.program, language));
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

async function restart() {
  await stop();
  await start();
}

async function activate(context) {
  const changed = (event) => event.affectsConfiguration('nbasync') && restart();
  context.subscriptions.push(
    vscode.commands.registerCommand('nbasync.restart', restart),
    vscode.workspace.onDidChangeConfiguration(changed),
  );
  await start();
}

module.exports = { activate, deactivate: stop };
