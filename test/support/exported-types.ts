import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A type that a caller of the library meets and cannot name. */
export interface UnnamedType {
  readonly name: string;
  /** The exported declaration, or one that it names, in which it stands. */
  readonly usedBy: string;
}

/**
 * Types of our sources that the public declarations of an entry name, over every level, and that
 * the entry does not export. Constructors and private members are no caller's.
 */
export const unnamedTypes = (entry: string): readonly UnnamedType[] => {
  const read = ts.readConfigFile(`${ROOT}/tsconfig.json`, (path) => ts.sys.readFile(path));
  const config = read.config as unknown;
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ROOT);
  const path = `${ROOT}/${entry}`;
  const program = ts.createProgram([path], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(path);
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry} is no module`);
  const resolved = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const seen = new Set(checker.getExportsOfModule(module).map(resolved));
  const queue = [...seen];
  const found: UnnamedType[] = [];
  for (let user = queue.shift(); user !== undefined; user = queue.shift()) {
    for (const node of (user.declarations ?? []).flatMap(typeNamesIn)) {
      const symbol = checker.getSymbolAtLocation(node);
      const type = symbol && resolved(symbol);
      if (type === undefined || seen.has(type) || !isOurs(type)) continue;
      seen.add(type);
      queue.push(type);
      found.push({ name: type.name, usedBy: user.name });
    }
  }
  return found;
};

const isOurs = (type: ts.Symbol): boolean =>
  (type.flags & ts.SymbolFlags.TypeParameter) === 0 &&
  type.declarations?.[0]?.getSourceFile().fileName.startsWith(`${ROOT}/src/`.replace('//', '/')) ===
    true;

const typeNamesIn = (declaration: ts.Node): readonly ts.Node[] => {
  const names: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (isNoCallers(node)) return;
    if (ts.isTypeReferenceNode(node)) names.push(node.typeName);
    if (ts.isExpressionWithTypeArguments(node)) names.push(node.expression);
    if (ts.isVariableDeclaration(node) || ts.isPropertyDeclaration(node))
      signatureOf(node).forEach(visit);
    else ts.forEachChild(node, visit);
  };
  visit(declaration);
  return names;
};

const isNoCallers = (node: ts.Node): boolean => {
  const name = 'name' in node ? (node.name as ts.Node | undefined) : undefined;
  const isPrivate = name !== undefined && ts.isPrivateIdentifier(name);
  return isPrivate || ts.isBlock(node) || ts.isConstructorDeclaration(node);
};

/** What a value is made of is no part of its signature; the parameters of a function are. */
const signatureOf = ({
  type,
  initializer,
}: ts.VariableDeclaration | ts.PropertyDeclaration): readonly ts.Node[] => {
  const made =
    initializer !== undefined && ts.isArrowFunction(initializer) ? initializer : undefined;
  return [type, ...(made?.parameters ?? []), made?.type].filter((node) => node !== undefined);
};
