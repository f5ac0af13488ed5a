/** What an answer rests on: the list under it, and how surely it says what it says. */

import { useId, useMemo, useState } from "preact/hooks";
import type { Strings } from "../locale/strings";
import { fill } from "../locale/strings";
import type { Annotation, AnswerRecord, CitationRecord, Source } from "../protocol/types";
import { useEnv } from "../ui/env";
import { Icon } from "../ui/Icon";
import { Formula } from "./Formula";
import { numbered } from "./marks";
import { Link } from "./Text";

/**
 * From which probability on an answer is sure, and fairly so. Confidence is calibrated, so these are what they say: four
 * in five such answers are right, and more are right than not. docs/benchmarks.md has what was measured in each band.
 */
const SURE = [0.8, 0.5] as const;
/** From which one on a passage is a strong match, likelier to answer than not, and a fair one: one in five does. */
const MATCH = [0.5, 0.2] as const;
const SHOWN = 3;
const QUOTE_CHARS = 180;
/** A formula between dollar signs, which are no prices. */
const FORMULA = /\$(\S|\S[^$]*\S)\$(?!\d)/;

interface Props {
  annotations: readonly Annotation[];
  record?: AnswerRecord;
  /** The text the annotations stand in, where its markers count differently from the list. */
  text?: string;
}

/** The sources of an answer and one line of how sure it is; nothing where it names none. */
export function Sources({ annotations, record, text = "" }: Props) {
  const { words } = useEnv();
  const [open, setOpen] = useState(false);
  const list = useId();
  const sources = useMemo(() => {
    const inText = text ? annotations : annotations.map((each) => ({ ...each, index: undefined }));
    return numbered(text, inText).sources;
  }, [annotations, text]);
  const sure = record?.outcome === "answered" ? record.confidence : null;
  if (!sources.length && sure === null) return null;
  const shown = open ? sources : sources.slice(0, SHOWN);
  return (
    <section class="sources" aria-label={words.sources}>
      {sure !== null && (
        <p class={`sure ${level(sure, SURE)}`}>
          {inWords(sure, SURE, words.confidenceHigh, words.confidenceMedium, words.confidenceLow)}
        </p>
      )}
      <ol id={list}>
        {shown.map(({ number, source }) => (
          <SourceRow
            key={number}
            number={number}
            source={source}
            record={record?.citations.find((each) => matches(each, number, source))}
          />
        ))}
      </ol>
      {sources.length > SHOWN && (
        <button
          type="button"
          class="sources-more"
          aria-expanded={open}
          aria-controls={list}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? "chevron-up" : "chevron-down"} />
          {open ? words.showLess : fill(words.allSources, { count: sources.length })}
        </button>
      )}
    </section>
  );
}

function SourceRow({ number, source, record }: { number: number; source: Source; record?: CitationRecord }) {
  const { words, entityClick } = useEnv();
  const quote = record?.quote ?? source.description;
  const title = <Title source={source} />;
  return (
    <li value={number}>
      <span class="number" aria-hidden="true">
        {number}
      </span>
      <div dir="auto">
        {source.type === "url" ? (
          <Link href={source.url} source={source}>
            {title}
          </Link>
        ) : source.type === "entity" && source.interactive && entityClick ? (
          <button type="button" class="link" onClick={() => entityClick(entityOf(source))}>
            {title}
          </button>
        ) : (
          <span class="named">{title}</span>
        )}
        {quote && (
          <q dir="auto">
            <Quoted text={quote} />
          </q>
        )}
        <Changed record={record} />
        <Kind record={record} words={words} />
      </div>
    </li>
  );
}

/** "Chapter › Section" of a source. */
export function Title({ source }: { source: Source }) {
  return (
    <>
      {source.group && <span class="group">{source.group} › </span>}
      {source.title}
    </>
  );
}

/** Whether the book no longer says what the source said. */
export function hasChanged(record?: CitationRecord): boolean {
  return /^(changed|gone)$/.test(record?.now?.state ?? "");
}

/** That the book has changed since it was cited, and what it says now, where it says something. */
export function Changed({ record }: { record?: CitationRecord }) {
  const { words } = useEnv();
  if (!hasChanged(record)) return null;
  return (
    <span class="now">
      <strong>{words.bookChanged}</strong>
      {record!.now!.text && (
        <q dir="auto">
          <Quoted text={record!.now!.text} />
        </q>
      )}
    </span>
  );
}

/** What kind of section it is, and how well it fits, in words. */
export function Kind({ record, words }: { record?: CitationRecord; words: Strings }) {
  if (!record) return null;
  const relevance = inWords(
    record.relevance,
    MATCH,
    words.relevanceHigh,
    words.relevanceMedium,
    words.relevanceLow,
  );
  const key = `section_${record.section}` as keyof Strings;
  return (
    <span class={`match ${level(record.relevance, MATCH)}`}>
      {record.section && <span>{words[key] ?? record.section.replace(/_/g, " ")}</span>}
      <span>{relevance}</span>
    </span>
  );
}

/** Whether `record` is what the server keeps of this source. */
export function matches(record: CitationRecord, number: number, source: Source): boolean {
  if (record.marker !== number) return false;
  const { description } = source;
  return !description || description === record.quote || (source.type === "url" && record.url === source.url);
}

/** The entity of the element's options that a source names. */
export function entityOf({ id, title, icon, interactive, group, data }: Source & { type: "entity" }) {
  const texts = Object.entries(data ?? {}).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { id, title, icon, interactive, group, data: Object.fromEntries(texts) as Record<string, string> };
}

/** The begin of what a book says, with formulas drawn and the cells of a table's row told apart. */
export function Quoted({ text }: { text: string }) {
  const line = text.trim().replace(/\s+/g, " ");
  const row = /^\|(.+)\|$/.exec(line);
  const said = row
    ? row[1]!
        .split("|")
        .flatMap((cell) => cell.trim() || [])
        .join(" · ")
    : line;
  return (
    <>
      {shortened(said)
        .split(FORMULA)
        .map((part, n) => (n % 2 ? <Formula key={n} text={part} display={false} /> : part))}
    </>
  );
}

function shortened(line: string): string {
  return line.length > QUOTE_CHARS ? `${line.slice(0, QUOTE_CHARS).replace(/\s+\S*$/, "")}…` : line;
}

type Bounds = readonly [high: number, medium: number];

function inWords(share: number, [from, fair]: Bounds, high: string, medium: string, low: string): string {
  return share >= from ? high : share >= fair ? medium : low;
}

function level(share: number, bounds: Bounds): string {
  return inWords(share, bounds, "high", "medium", "low");
}
