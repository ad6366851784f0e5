// What the scripts share: the page's state, the server's answers, and which element a selector finds.

import type { Ballot } from './ballot.js';
import type { Countdown } from './clock.js';
import type { Plot } from './plot.js';
import type { Replay } from './replay.js';
import type { Asked, Gesture } from './wire.d.ts';

/** Fragments by id; an empty one is taken away. */
export type Changes = Record<string, string>;
export type Values = Record<string, string>;

/** What a page keeps of a gesture until it is answered. */
export interface About {
  form?: string;
  text?: string;
  note?: string;
  step?: string;
  person?: string;
  words?: string;
  undo?: string;
  done?: string;
  /** Where a dialog of details keeps its draft, and the values that this gesture carries. */
  key?: string;
  values?: Values;
}

export interface Taken {
  seq: number;
}

export interface Refused {
  refused: string;
  code: string;
  field?: string;
  text?: string;
  version?: number;
}

export type Answer = Taken | Refused;
export type Send = (gesture: Gesture, about: About) => void;

export interface Page {
  me: string;
  lang: string;
  /** Before every key that the browser keeps. */
  store: string;
  /** The step that one looks at, or `summary`; null is the group's. */
  look: string | null;
  /** The moment of the step that one looks at, when it is not the group's. */
  moment: string | null;
  send: Send | null;
  wired: boolean;
  /** Whether nothing keeps what is granted: a rehearsal in a notebook. */
  unkept?: boolean;
  picks: Record<string, boolean>;
  formula: string;
  taken: { act: string; note?: string } | null;
  /** Which hypothesis or metric I opened, "" when I closed it, null as long as I chose none; and which one is open. */
  subject: string | null;
  open: string;
  more?: (zone: string, before: string) => void;
  was: string | null;
  hour: string;
  /** How many answers to what a form sent are still waited for. */
  waiting: WeakMap<Form, number>;
  /** What a dialog of details shows: the values as the page last saw them, and the versions of texts. */
  shown: WeakMap<Form, { seen: Values; versions: Record<string, number> }>;
  resting: boolean;
  /** The journal's clock: it said `journal` when the server's said `server`, `offset` seconds from ours. */
  journal: number;
  server: number;
  offset: number;
  speed: number;
}

export type Field = El<HTMLInputElement> & { options?: HTMLOptionsCollection };

export type Form = El<HTMLFormElement> & { readonly elements: Record<string, Field> };

/** An element of the templates: they give it the data that the scripts ask it for. */
export type El<Plain = HTMLElement> = {
  dataset: Record<string, string>;
  closest<S extends string>(selector: S): Found<S> | null;
} & Plain;

/** An element is known by the tag that ends its selector, or by one of these. */
interface Known extends Omit<HTMLElementTagNameMap, 'form'> {
  form: Form;
  '[data-own]': HTMLTextAreaElement;
  '[data-sound]': HTMLInputElement;
  '[data-sheet]': HTMLInputElement;
  '[data-pasted]': HTMLTextAreaElement;
  '[data-paste]': HTMLButtonElement;
  '#other-sheet': HTMLSelectElement;
  '[data-learn]': HTMLInputElement;
  '[data-speed]': HTMLSelectElement;
  '[data-range]': HTMLInputElement;
  '[data-in-days]': HTMLInputElement;
  '[data-ask]': HTMLDialogElement;
  '[data-find]': HTMLInputElement;
  '[data-join]': Form;
  '[data-open-workshop]': Form;
  '[data-own-file]': Form;
  '[data-upload=import]': Form;
  '[data-upload=merge]': Form;
  '[type=file]': HTMLInputElement;
  '.btn': HTMLButtonElement;
  'impact-ballot': Ballot;
  'impact-clock': Countdown;
  'impact-countdown': Countdown;
  'impact-plot': Plot;
  'impact-replay': Replay;
}

type Last<S> = S extends `${string} ${infer Rest}` ? Last<Rest> : S;
type Head<S> = S extends `${infer Tag}${'[' | '.' | ':' | '#'}${string}` ? Head<Tag> : S;
type Plain<S> =
  Last<S> extends keyof Known ? Known[Last<S>] : Head<Last<S>> extends keyof Known ? Known[Head<Last<S>>] : HTMLElement;
export type Found<S> = El<Plain<S>>;

/** What a widget's page is given of it. */
export interface Model {
  get(name: string): string;
  send(message: object, callbacks?: undefined, buffers?: ArrayBuffer[]): void;
  // biome-ignore lint/suspicious/noExplicitAny: each widget knows its own messages
  on(event: string, listener: (message: any, buffers: DataView[]) => void): void;
}

/** A word that counts has a form for each plural. */
export type Words = Partial<Record<string, string | Partial<Record<Intl.LDMLPluralRule, string>>>>;

declare global {
  var __impact: Page | undefined;
  var __impactWords:
    | { known: Words; lang: string; plurals: Intl.PluralRules; numbers?: Intl.NumberFormat | undefined }
    | undefined;
}

export type { Asked, Gesture };
