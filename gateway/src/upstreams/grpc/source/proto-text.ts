/** `.proto` text as descriptors, its types resolved over all files that were read. */
import { create } from '@bufbuild/protobuf';
import {
  Edition,
  FileDescriptorProtoSchema,
  SourceCodeInfoSchema,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import protobuf from 'protobufjs';
import { CommentNotes } from './comment-notes.ts';
import { enumOf, extensionOf, messageOf, serviceOf } from './proto-types.ts';
import { members, type ParsedProto } from './parsed-proto.ts';
import type { Scope } from './proto-scope.ts';

/** Deeper than anything that is written by hand; the parser calls itself for each level. */
const MAX_BRACES = 100;

/** @returns words that say what is wrong and in which line */
export function parseProto(name: string, text: string): ParsedProto | string {
  if (isTooDeep(text)) return `its messages nest more than ${MAX_BRACES} deep`;
  try {
    const root = new protobuf.Root();
    const parsed = protobuf.parse(text, root, {
      keepCase: true,
      alternateCommentMode: true,
    });
    const imports = [...(parsed.imports ?? []), ...(parsed.weakImports ?? [])];
    return { name, imports, root, package: parsed.package ?? '', syntax: syntaxOf(text) };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x7b) depth++;
    else if (code === 0x7d) depth = Math.max(0, depth - 1);
    if (depth > MAX_BRACES) return true;
  }
  return false;
}

const SYNTAX = /^\s*(?:syntax|edition)\s*=\s*["']([^"']{1,20})["']\s*;/m;

function syntaxOf(text: string): string {
  return SYNTAX.exec(text)?.[1] ?? 'proto2';
}

/** The descriptor of a file; types that nobody knows are told to `scope` and left out. */
export function toDescriptor(file: ParsedProto, scope: Scope): FileDescriptorProto {
  const notes = new CommentNotes();
  const isEdition = /^\d/.test(file.syntax);
  const context = { syntax: file.syntax, scope, notes };
  const descriptor = create(FileDescriptorProtoSchema, {
    name: file.name,
    package: file.package,
    dependency: [...new Set(file.imports)],
    syntax: isEdition ? 'editions' : file.syntax,
    ...(isEdition ? { edition: editionOf(file.syntax) } : {}),
  });
  for (const each of members(file)) {
    if (each instanceof protobuf.Type) {
      const path = [4, descriptor.messageType.length];
      descriptor.messageType.push(messageOf(each, file.package, path, context));
    } else if (each instanceof protobuf.Enum) {
      descriptor.enumType.push(enumOf(each, [5, descriptor.enumType.length], context));
    } else if (each instanceof protobuf.Field) {
      const extension = extensionOf(each, file.package, context);
      if (extension !== undefined) descriptor.extension.push(extension);
    } else if (each instanceof protobuf.Service) {
      const path = [6, descriptor.service.length];
      descriptor.service.push(serviceOf(each, file.package, path, context));
    }
  }
  descriptor.sourceCodeInfo = create(SourceCodeInfoSchema, { location: notes.locations });
  return descriptor;
}

function editionOf(syntax: string): Edition {
  return syntax === '2024' ? Edition.EDITION_2024 : Edition.EDITION_2023;
}
