// What we use of the library: https://github.com/bigskysoftware/idiomorph
declare module 'idiomorph' {
  export const Idiomorph: {
    morph(
      old: Element,
      content: Node,
      config: {
        morphStyle: 'innerHTML';
        callbacks: {
          beforeAttributeUpdated(name: string, element: Element): boolean;
          beforeNodeRemoved(node: Node): boolean;
        };
      },
    ): void;
  };
}
