import ts from 'typescript';

/** One code block of a page. */
export interface Block {
  readonly line: number;
  readonly language: string;
  readonly code: string;
  /** Why it is not run, as the comment before it says. */
  readonly notRun: string | undefined;
}

/**
 * The code of a Markdown page as one program. Each block stands within the scope of those before it, so it may use what
 * they declared and declare the same names again. What a page takes for granted stands in a comment that readers do not see:
 *
 *     <!-- setup
 *     const { train } = syntheticDigits({ train: 100, test: 10 });
 *     -->
 *
 * A block that cannot be run says why in a comment before it: `<!-- not run: needs a network -->`.
 */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  const lines = markdown.split('\n');
  let notRun: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const fence = /^\s*(?:```(\w*)|<!-- (setup))\s*.*$/.exec(lines[at]);
    const mark = /^\s*<!-- not run: (.+) -->$/.exec(lines[at]);
    if (mark !== null) notRun = mark[1];
    else if (fence !== null) {
      const end = fence[2] === 'setup' ? /^\s*-->/ : /^\s*```\s*$/;
      const start = at + 1;
      while (at + 1 < lines.length && !end.test(lines[at + 1])) at++;
      const language = fence[2] ?? fence[1];
      blocks.push({ line: start, language, code: lines.slice(start, at + 1).join('\n'), notRun });
      at++;
      notRun = undefined;
    } else if (lines[at].trim() !== '') notRun = undefined;
  }
  return blocks;
}

export const runnable = ['js', 'ts', 'mjs', 'javascript', 'typescript', 'setup'];

/** What every page may take for granted: all exports of blasnet, a few digits, and a network for them. */
const GRANTED = `const { train, test } = blasnet.syntheticDigits({ train: 200, test: 50 });
const { features, labels } = train;
const samples = test;
const signal = new AbortController().signal;
const network = new blasnet.Network({ inputs: 784, layers: [blasnet.dense(16, { activation: 'relu' }), blasnet.dense(10)], seed: 1 });
const model = network;`;

/** A module that runs the blocks in order. `exports`: the names of everything that blasnet exports. */
export function programOf(blocks: readonly Block[], exports: readonly string[]): string {
  const imports = new Set<string>();
  const chosen = blocks.filter(({ language, notRun }) => runnable.includes(language) && notRun === undefined);
  const scopes = chosen.map(({ line, code }) => {
    const { text, found } = withoutImports(javascriptOf(code));
    for (const statement of found) imports.add(statement);
    // The line stands in the stack of what fails, as the label of the scope.
    return `{\n__line(${line});\n${text}\n`;
  });
  return [
    "import * as blasnet from 'blasnet';",
    ...imports,
    'let __at = 0; const __line = (line) => { __at = line; };',
    "process.on('exit', (code) => { if (code !== 0) process.stderr.write(`in the block at line ${__at}\\n`); });",
    `const { ${exports.join(', ')} } = blasnet;`,
    `{\n${GRANTED}\n${scopes.join('')}${'}\n'.repeat(scopes.length)}}`,
  ].join('\n');
}

function javascriptOf(code: string): string {
  const options = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
  const { outputText } = ts.transpileModule(code, { compilerOptions: options });
  return outputText.replace(/^export \{\};$/m, '');
}

/** Takes imports out of a block: those of blasnet are known anyhow, if they exist, and others stand at the top once. */
function withoutImports(code: string): { text: string; found: string[] } {
  const found: string[] = [];
  const text = code.replace(
    /^import\s+(?:[^'"]*?\s+from\s+)?['"]([^'"]+)['"];?[ \t]*$/gms,
    (statement, from: string) => {
      if (from !== 'blasnet') found.push(statement);
      // A name that blasnet does not export is an error of the page.
      else return statement.replace(/^import\s*\{([^}]*)\}.*$/s, (_, names: string) => namesExist(names));
      return '';
    },
  );
  return { text, found };
}

function namesExist(names: string): string {
  const list = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const plain = list.filter((name) => !name.startsWith('type '));
  return plain
    .map(
      (name) =>
        `if (!(${JSON.stringify(name.split(' as ')[0])} in blasnet)) throw new Error('blasnet exports no ${name}');`,
    )
    .join(' ');
}
