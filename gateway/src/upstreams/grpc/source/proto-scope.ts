/** Names of types as `.proto` text writes them, resolved as protoc does: from the inside out. */
import protobuf from 'protobufjs';
import { members, type ParsedProto } from './parsed-proto.ts';
import type { FileDescriptorProto, DescriptorProto } from '@bufbuild/protobuf/wkt';

export type TypeKind = 'message' | 'enum';

export interface KnownType {
  /** With the leading dot. */
  readonly name: string;
  readonly kind: TypeKind;
}

export class Scope {
  private readonly types = new Map<string, TypeKind>();
  /** Types that nobody knows, and where they were wanted. */
  readonly unknown: { readonly type: string; readonly at: string }[] = [];

  addText(file: ParsedProto): void {
    for (const each of members(file)) this.addObject(each, file.package);
  }

  addDescriptor(file: FileDescriptorProto): void {
    for (const each of file.enumType) this.types.set(join(file.package, each.name), 'enum');
    for (const each of file.messageType) this.addMessage(each, file.package);
  }

  /** @param from full name of the message or package that the name stands in */
  resolve(name: string, from: string, at: string): KnownType | undefined {
    const found = this.find(name, from);
    if (found === undefined) this.unknown.push({ type: name, at });
    return found;
  }

  private find(name: string, from: string): KnownType | undefined {
    if (name.startsWith('.')) return this.known(name.slice(1));
    for (let scope = from; ; scope = scope.slice(0, Math.max(0, scope.lastIndexOf('.')))) {
      const found = this.known(join(scope, name));
      if (found !== undefined || scope === '') return found;
    }
  }

  private known(name: string): KnownType | undefined {
    const kind = this.types.get(name);
    return kind === undefined ? undefined : { name: `.${name}`, kind };
  }

  private addObject(each: protobuf.ReflectionObject, from: string): void {
    const name = join(from, each.name);
    if (each instanceof protobuf.Enum) this.types.set(name, 'enum');
    if (!(each instanceof protobuf.Type)) return;
    this.types.set(name, 'message');
    for (const inner of each.nestedArray) this.addObject(inner, name);
  }

  private addMessage(message: DescriptorProto, from: string): void {
    const name = join(from, message.name);
    this.types.set(name, 'message');
    for (const each of message.enumType) this.types.set(join(name, each.name), 'enum');
    for (const each of message.nestedType) this.addMessage(each, name);
  }
}

export function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
