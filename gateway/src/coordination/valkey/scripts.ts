/**
 * The two steps that no single command of every server since Redis 6.2 does. A script is one round
 * trip and needs no connection of its own, which watching a key (`WATCH`) would.
 */

/** KEYS: the value. ARGV: what it must be, what it becomes, its time to live in milliseconds. */
export const COMPARE_AND_SET = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: the counter. ARGV: what is added, what it may reach, its time to live in milliseconds. */
export const TRY_ADD = `
local by = tonumber(ARGV[1])
local sum = tonumber(redis.call('GET', KEYS[1]) or '0') + by
if by > 0 and sum > tonumber(ARGV[2]) then return 0 end
if sum > 0 then redis.call('SET', KEYS[1], string.format('%d', sum), 'PX', ARGV[3])
else redis.call('DEL', KEYS[1]) end
return 1`;
