/**
 * The table with a row left out does not compile: every `@ts-expect-error` here is checked by the
 * type check of the whole repository, which fails where the error is missing.
 */
import { expect, test } from 'vitest';
import type { Delivery, Exchange } from '../kernel/index.ts';
import { ROWS } from '../../../test/kit/path-world.ts';
import type { Dispatchable, Rooms } from './index.ts';
import { begin } from './run.ts';

/** Rooms that are never entered: only their types matter. */
const rooms = { carriers: {} } as Rooms;

const start = () => begin<Exchange>();
const received = () => start().stage('receive', rooms.receive);
const routed = () => received().stage('route', rooms.route);
const identified = () => routed().stage('identify', rooms.identify);
const decoded = () => identified().stage('decode', rooms.decode);
const resolved = () => decoded().stage('resolve', rooms.resolve);
const limited = () => resolved().stage('limit', rooms.limit);
const screened = () => limited().stage('screen in', rooms.screenIn);
const authorized = () => screened().stage('authorize', rooms.authorize);
const approved = () => authorized().stage('approve', rooms.approve);
const recorded = () => approved().stage('intent', rooms.intent);

test('the whole table compiles', () => {
  expect(recorded().dispatch(rooms).stages).toHaveLength(ROWS.length);
});

test('without any one row it does not', () => {
  const tables = [
    // @ts-expect-error nobody looked at host and origin
    start().stage('route', rooms.route),
    // @ts-expect-error nobody knows the endpoint
    received().stage('identify', rooms.identify),
    // @ts-expect-error nobody knows who calls
    routed().stage('decode', rooms.decode),
    // @ts-expect-error nobody read the body
    identified().stage('resolve', rooms.resolve),
    // @ts-expect-error nobody knows what is meant
    decoded().stage('limit', rooms.limit),
    // @ts-expect-error nobody counted the call
    resolved().stage('screen in', rooms.screenIn),
    // @ts-expect-error nobody screened the call
    limited().stage('authorize', rooms.authorize),
    // @ts-expect-error nobody authorized the call
    screened().stage('approve', rooms.approve),
    // @ts-expect-error nobody asked whether a person has to approve
    authorized().stage('intent', rooms.intent),
    // @ts-expect-error nobody made sure that it is recorded
    approved().dispatch(rooms),
  ];
  expect(tables).toHaveLength(ROWS.length);
});

test('neither does one that ends early, or in another order', () => {
  const tables = [
    // @ts-expect-error nothing is proven at all
    start().dispatch(rooms),
    // @ts-expect-error authorized, but neither approved nor recorded
    authorized().dispatch(rooms),
    // @ts-expect-error decided before the call is the one that leaves
    limited().stage('authorize', rooms.authorize).stage('screen in', rooms.screenIn),
    // @ts-expect-error a stage that forgets what was proven before it
    recorded().stage('forgetful', (x): Exchange => x),
  ];
  expect(tables).toHaveLength(4);
});

test('no proof can be written down by hand', () => {
  const carry = (x: Exchange, delivery: Delivery) => {
    // @ts-expect-error an exchange that proved nothing is carried nowhere
    void rooms.carriers.view.carry(x, delivery);
    // @ts-expect-error having the fields is no proof
    const claimed: Dispatchable = Object.assign(x, { principal: { id: 'root' }, decision: {} });
    return claimed;
  };
  expect(carry).toBeTypeOf('function');
});
