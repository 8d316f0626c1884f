/** A caller's request on its way to an upstream, and what comes back for it. */
import {
  addMembers,
  EXTENSIONS,
  Refusal,
  ROOT,
  replaceValue,
  type AnswerMessage,
  type CancelReason,
  type Clock,
  type Delivery,
  type Edit,
  type Exchange,
  type HeaderBinding,
  type Terminal,
  severityOf,
} from '../../kernel/index.ts';
import { Asking } from './asking.ts';
import { NO_CAPABILITIES, type CapabilitySets } from './capability-set.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import { isInputRequired } from './input-required.ts';
import type { Inquiry } from './inquiry.ts';
import type { Incoming } from './message.ts';
import { encodeMirrored, pushParamHeaders } from './mirrored.ts';
import { HandedTask } from './handed-task.ts';
import {
  declaredTo,
  encodeFurther,
  encodeLegacy,
  encodeModern,
  type Members,
  type UpstreamCall,
} from './outgoing.ts';
import type { OwnRequest } from './own-flight.ts';
import type { PeerQuestion } from './peer-question.ts';
import { QuestionLoop, type RepeatableCall } from './question-loop.ts';
import {
  taskFormOf,
  type FurtherRequest,
  type TaskCall,
  type TaskCourse,
  type TaskForm,
} from './task-course.ts';
import { isTaskResult, legacyTask } from './task-message.ts';
import { MAX_WAIT_MS, TaskWait } from './task-wait.ts';

/** Headers of a vendor method that repeat its body; only the caller knows which they are. */
const MIRRORED = /^mcp-(?:name$|param-)/;
/** Methods in the middle of which a server may ask. */
const ASKING: ReadonlySet<string> = new Set([
  'tools/call',
  'prompts/get',
  'resources/read',
  'tasks/result',
]);
/** By this a legacy server makes a task of a call. */
const TASK_PARAM = `{"ttl":${MAX_WAIT_MS}}`;

const NO_MEMBERS: Members = [];

/** What a call needs of the connector. */
export interface CallHost extends FlightHost {
  readonly clock: Clock;
  readonly capabilities: CapabilitySets;
  /** The upstream's questions may be put to callers. */
  readonly passesQuestions: boolean;
  /** Tasks are waited for on behalf of callers who know none. */
  readonly waitsForTasks: boolean;
  /** Sends a request beside a call, on its link; what is said to it interests nobody. */
  tellBeside(flight: CallFlight, request: OwnRequest): void;
  /** Sends a call that is on no link. */
  dispatch(flight: CallFlight): void;
  /**
   * A modern server did not take a call, for the reason that the error says. Where something can be
   * done about it the call is sent again in a while.
   * @returns false where nothing can be done
   */
  remedy(flight: CallFlight, error: AnswerMessage): boolean;
}

export class CallFlight extends Flight implements RepeatableCall, TaskCall {
  method: string;
  logLevel: string;
  x: UpstreamCall;
  delivery: Delivery;
  /** What the server's present list says of the arguments to mirror, where that was asked. */
  bindings: readonly HeaderBinding[] | undefined = undefined;
  hasProgress = false;
  private readonly caller: CallHost;
  private inquiry: Inquiry | undefined = undefined;
  /** Further members of `params`: answers to questions, the server's state. */
  private members: Members = NO_MEMBERS;
  /** The gateway itself declared that it takes tasks. */
  private takesTasks = false;
  private course: TaskCourse | undefined = undefined;
  /** Sent in the place of the caller's own request. */
  private further: FurtherRequest | undefined = undefined;
  private form: TaskForm | undefined = undefined;

  constructor(x: UpstreamCall, delivery: Delivery, host: CallHost, maxBytes: number) {
    super(host, maxBytes);
    this.caller = host;
    this.x = x;
    this.delivery = delivery;
    this.method = x.call.method;
    this.logLevel = x.call.logLevel;
  }

  get upstream(): string {
    return this.caller.id;
  }

  get clock(): Clock {
    return this.caller.clock;
  }

  get isOfLegacyCaller(): boolean {
    return this.x.dialect === 'legacy';
  }

  override get takesQuestions(): boolean {
    return this.caller.passesQuestions && ASKING.has(this.method);
  }

  override get declaresAny(): boolean {
    return this.caller.capabilities.of(this.x.call.capabilities) !== NO_CAPABILITIES;
  }

  override get isAsked(): boolean {
    return this.inquiry?.isAsked === true || this.course?.isAsked === true;
  }

  /** What the call is to a legacy server, as far as tasks go. */
  get taskForm(): TaskForm {
    this.form ??= taskFormOf(this.x, this.caller.waitsForTasks);
    return this.form;
  }

  get mayTakeTasks(): boolean {
    return this.caller.waitsForTasks && this.method === 'tools/call' && !this.takesTasks;
  }

  /** From now on the gateway declares that it takes tasks. */
  takeTasks(): void {
    this.takesTasks = true;
  }

  request(further: FurtherRequest): void {
    this.further = further;
    this.method = further.method;
    this.caller.dispatch(this);
  }

  cancelTask(rawTaskId: string): void {
    this.caller.tellBeside(this, {
      method: 'tasks/cancel',
      params: `"taskId":${rawTaskId}`,
      maxBytes: this.maxBytes,
      name: String(JSON.parse(rawTaskId)),
      capabilities: this.declared,
    });
  }

  private get declared(): string {
    const { x, caller } = this;
    return declaredTo(x, caller.capabilities, true) ?? '{}';
  }

  override put(question: PeerQuestion): void {
    const asking = this.inquiry instanceof Asking ? this.inquiry : new Asking(this);
    this.inquiry = asking;
    asking.put(question);
  }

  pause(): void {
    if (this.isSettled) return;
    this.host.flights.pause(this);
    this.line?.setAside?.();
  }

  resume(): void {
    if (!this.isSettled) this.host.flights.resume(this);
  }

  adopt(x: Exchange, delivery: Delivery): void {
    if (x === this.x) return;
    const { principal, call, target } = x;
    if (principal === undefined || call === undefined || target === undefined) {
      throw new TypeError('An exchange brought answers before it was ready.');
    }
    const ready: UpstreamCall = Object.assign(x, { principal, call, target });
    this.x = ready;
    this.delivery = delivery;
    this.logLevel = call.logLevel;
    x.cancellation.onCancel((why) => this.cancelBy(ready, why));
  }

  /** The exchange `x` is not wanted any more; one that the call has left says nothing about it. */
  cancelBy(x: UpstreamCall, why: CancelReason): void {
    const isPutAside = !this.isOfLegacyCaller && this.isAsked;
    if (x === this.x && !isPutAside) this.cancel(why);
  }

  abandon(why: CancelReason): void {
    if (why === 'expired') this.giveUp('question_unanswered');
    else this.cancel(why);
  }

  repeat(members: Members): void {
    this.members = members;
    this.caller.dispatch(this);
  }

  encode(link: Link): Buffer {
    const { x, rawId, caller, members, further } = this;
    if (further !== undefined) return this.encodeFurther(link, further);
    if (link.era === 'modern') {
      return encodeModern(x, rawId, link.revision, caller.capabilities, members, this.takesTasks);
    }
    const { taskForm } = this;
    if (taskForm === 'about' && this.method === 'tasks/update') return this.encodeLook(link);
    const isTask = taskForm === 'waited' || taskForm === 'handed';
    return encodeLegacy(x, rawId, link.revision, isTask ? TASK_PARAM : '');
  }

  private encodeFurther(link: Link, further: FurtherRequest): Buffer {
    const isModern = link.era === 'modern';
    const revision = isModern ? link.revision : '';
    const said = [this.host.clientInfo, isModern ? this.declared : '{}'] as const;
    return encodeFurther(this.x, this.rawId, further, revision, said);
  }

  /** Legacy servers take no answers for a task; whether there is one can be asked. */
  private encodeLook(link: Link): Buffer {
    const { target } = this.x;
    const rawTaskId = JSON.stringify(target.kind === 'item' ? target.originalName : '');
    this.further = { method: 'tasks/get', rawTaskId, members: '' };
    this.method = 'tasks/get';
    return this.encodeFurther(link, this.further);
  }

  pushHeaders(out: string[]): void {
    const { x } = this;
    const { target, call } = x;
    if (this.further !== undefined) {
      out.push('Mcp-Name', encodeMirrored(String(JSON.parse(this.further.rawTaskId))));
      return;
    }
    if (target.kind === 'item') {
      if (call.row?.named !== undefined) {
        out.push('Mcp-Name', encodeMirrored(target.originalName));
      }
      const bindings = this.bindings ?? target.item.headerBindings;
      if (bindings.length > 0) pushParamHeaders(call, x.edits, bindings, out);
      return;
    }
    if (x.dialect !== 'modern') return;
    for (const [name, value] of Object.entries(x.head.headers)) {
      if (typeof value === 'string' && MIRRORED.test(name)) out.push(name, value);
    }
  }

  protected override goesOn(message: AnswerMessage): boolean {
    if (this.course !== undefined) return this.course.take(message);
    if (message.era !== 'modern') return this.taskForm !== 'none' && this.goesOnAsTask(message);
    if (message.kind === 'error') return this.caller.remedy(this, message);
    if (this.takesTasks && isTaskResult(message)) return this.setOut(new TaskWait(this), message);
    if (this.x.dialect !== 'legacy' || !this.takesQuestions) return false;
    if (!isInputRequired(message)) return false;
    this.leaveLink();
    const loop = this.inquiry instanceof QuestionLoop ? this.inquiry : new QuestionLoop(this);
    this.inquiry = loop;
    loop.next(message);
    return true;
  }

  /** What a legacy server says to a call that is a task, or had to be one. */
  private goesOnAsTask(message: AnswerMessage): boolean {
    const { taskForm } = this;
    if (taskForm === 'lacking') {
      if (message.kind === 'result') return false;
      const requiredCapabilities = { extensions: { [EXTENSIONS.tasks]: {} } };
      this.settle(new Refusal('capability_missing', { data: { requiredCapabilities } }));
      return true;
    }
    if (taskForm !== 'waited') return this.setOut(new HandedTask(this), message);
    return legacyTask(message) >= 0 && this.setOut(new TaskWait(this), message);
  }

  private setOut(course: TaskCourse, message: AnswerMessage): boolean {
    this.course = course;
    return course.take(message);
  }

  protected override notified(incoming: Incoming): void {
    const { method, view } = incoming;
    if (method === 'notifications/progress') this.progressed(incoming);
    else if (method !== 'notifications/message' || this.wantsLog(incoming)) {
      this.delivery.event({ kind: 'event', method, view, edits: [] });
    }
  }

  protected override finish(message: Terminal): void {
    const isWhole = message.kind !== 'result' && message.kind !== 'error';
    const whole = isWhole ? message : this.completed(message);
    const isHeard = this.inquiry === undefined || this.inquiry.end(whole);
    if (this.course === undefined || this.course.end(whole)) {
      if (isHeard) this.delivery.finish(whole);
    }
  }

  /** Puts the caller's own token back; progress under another token is not for this call. */
  private progressed({ method, view, value }: Incoming): void {
    const { rawProgressToken } = this.x.call;
    const token = view.member(value, 'progressToken');
    if (rawProgressToken === '' || view.raw(token) !== this.rawId) return;
    this.hasProgress = true;
    const edits = [replaceValue(view, token, rawProgressToken)];
    this.delivery.event({ kind: 'event', method, view, edits });
  }

  private wantsLog({ view, value }: Incoming): boolean {
    const { logLevel, x, link } = this;
    if (logLevel === '') return x.dialect === 'legacy' && link?.era === 'legacy';
    const severity = severityOf(view.string(view.member(value, 'level')) ?? '') ?? 0;
    return severity >= (severityOf(logLevel) ?? 0);
  }

  /** Adds what a sloppy peer left out and the encoders count on. */
  private completed(message: AnswerMessage): AnswerMessage {
    const { view, value, era, kind } = message;
    const edits: Edit[] = [];
    if (view.member(ROOT, 'id') < 0) edits.push(addMembers(view, ROOT, `"id":${this.x.rawId}`));
    const lacksType = era === 'modern' && kind === 'result' && this.x.dialect === 'modern';
    if (lacksType && view.member(value, 'resultType') < 0) {
      edits.push(addMembers(view, value, '"resultType":"complete"'));
    }
    return edits.length === 0 ? message : { ...message, edits: [...message.edits, ...edits] };
  }
}
