import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

export interface InstrumentedTree {
  /** The source files, e.g. `src/core/state.ts`; a probe reports the index. */
  readonly files: readonly string[];
  /** Folder of the compiled modules, as `dist` would be. */
  readonly dist: string;
  /** The program that runs a part of it and reports the trips. */
  readonly child: string;
}

/**
 * Compiles the sources of a tree into `<tree>/node_modules/.cache/trip`, with a probe at the head
 * of every function. Configuration and dictionaries are copied beside them, where the program looks
 * for them.
 */
export const instrumentTree = (tree: string): InstrumentedTree => {
  const home = join(tree, 'node_modules/.cache/trip');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  for (const name of ['config', 'fix-dictionaries', 'package.json'])
    cpSync(join(tree, name), join(home, name), { recursive: true });
  const files = sourceFilesOf(tree);
  const dist = join(home, 'dist');
  for (const [index, file] of files.entries()) {
    const to = join(dist, file.slice('src/'.length).replace(/\.ts$/, '.js'));
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, withProbes(readFileSync(join(tree, file), 'utf8'), index));
  }
  const child = compileChild(home);
  return { files, dist, child };
};

/** The measured process runs without a loader of TypeScript, which would be most of its start. */
const compileChild = (home: string): string => {
  const to = join(home, 'child');
  mkdirSync(to);
  for (const name of ['child', 'probe', 'trip'])
    writeFileSync(
      join(to, `${name}.js`),
      compile(readFileSync(new URL(`${name}.ts`, import.meta.url), 'utf8'), []),
    );
  return join(to, 'child.js');
};

const sourceFilesOf = (tree: string): readonly string[] =>
  readdirSync(join(tree, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `src/${name.replaceAll('\\', '/')}`)
    .sort();

/**
 * The module as JavaScript; each function calls `globalThis.fathomTrip(index)` first, if it is set.
 */
export const withProbes = (source: string, index: number): string =>
  compile(source, [probeTransformer(index)]);

const compile = (source: string, before: ts.TransformerFactory<ts.SourceFile>[]): string =>
  ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
    transformers: { before },
  }).outputText;

const probeTransformer =
  (index: number): ts.TransformerFactory<ts.SourceFile> =>
  (context) => {
    const visit = (node: ts.Node): ts.Node => {
      const inner = ts.visitEachChild(node, visit, context);
      if (ts.isArrowFunction(inner) && !ts.isBlock(inner.body))
        return withBody(inner, expressionWithProbe(inner.body, index));
      if (!isFunctionWithBlock(inner)) return inner;
      const probe = ts.factory.createExpressionStatement(probeCall(index));
      const statements = [probe, ...inner.body.statements];
      return withBody(inner, ts.factory.createBlock(statements, true));
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };

type FunctionNode =
  | ts.FunctionDeclaration
  | ts.FunctionExpression
  | ts.ArrowFunction
  | ts.MethodDeclaration
  | ts.ConstructorDeclaration
  | ts.GetAccessorDeclaration
  | ts.SetAccessorDeclaration;

const isFunctionWithBlock = (node: ts.Node): node is FunctionNode & { readonly body: ts.Block } =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined && ts.isBlock(node.body);

const probeCall = (index: number): ts.Expression =>
  ts.factory.createCallChain(
    ts.factory.createPropertyAccessExpression(
      ts.factory.createIdentifier('globalThis'),
      'fathomTrip',
    ),
    ts.factory.createToken(ts.SyntaxKind.QuestionDotToken),
    undefined,
    [ts.factory.createNumericLiteral(index)],
  );

const expressionWithProbe = (body: ts.Expression, index: number): ts.Expression =>
  ts.factory.createParenthesizedExpression(ts.factory.createComma(probeCall(index), body));

const withBody = (node: FunctionNode, body: ts.ConciseBody): ts.Node => {
  const { factory } = ts;
  if (ts.isArrowFunction(node))
    return factory.updateArrowFunction(
      node,
      ...([node.modifiers, node.typeParameters, node.parameters, node.type] as const),
      ...([node.equalsGreaterThanToken, body] as const),
    );
  const block = body as ts.Block;
  if (ts.isFunctionDeclaration(node))
    return factory.updateFunctionDeclaration(
      node,
      ...([node.modifiers, node.asteriskToken, node.name, node.typeParameters] as const),
      ...([node.parameters, node.type, block] as const),
    );
  if (ts.isFunctionExpression(node))
    return factory.updateFunctionExpression(
      node,
      ...([node.modifiers, node.asteriskToken, node.name, node.typeParameters] as const),
      ...([node.parameters, node.type, block] as const),
    );
  if (ts.isMethodDeclaration(node))
    return factory.updateMethodDeclaration(
      node,
      ...([node.modifiers, node.asteriskToken, node.name, node.questionToken] as const),
      ...([node.typeParameters, node.parameters, node.type, block] as const),
    );
  if (ts.isConstructorDeclaration(node))
    return factory.updateConstructorDeclaration(node, node.modifiers, node.parameters, block);
  if (ts.isGetAccessorDeclaration(node))
    return factory.updateGetAccessorDeclaration(
      node,
      ...([node.modifiers, node.name, node.parameters, node.type, block] as const),
    );
  return factory.updateSetAccessorDeclaration(
    node,
    ...([node.modifiers, node.name, node.parameters, block] as const),
  );
};
