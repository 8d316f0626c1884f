/**
 * The steps that no single command of every server since Redis 6.2 does. A script is one round
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

/**
 * KEYS: the places, a hash from holders to what they have and until when. ARGV: the holder, what it
 * uses, what it wants, what all may have together, the time to live in milliseconds.
 */
export const HOLD = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local others = 0
local last = now + tonumber(ARGV[5])
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if all[i] ~= ARGV[1] then
    local count, ends = string.match(all[i + 1], '^(%d+) (%d+)$')
    if tonumber(ends) <= now then redis.call('HDEL', KEYS[1], all[i])
    else
      others = others + tonumber(count)
      last = math.max(last, tonumber(ends))
    end
  end
end
local free = tonumber(ARGV[4]) - others
local has = math.max(tonumber(ARGV[2]), math.min(tonumber(ARGV[3]), free), 0)
if has > 0 then
  redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %d', has, now + tonumber(ARGV[5])))
  redis.call('PEXPIRE', KEYS[1], string.format('%d', last - now))
else redis.call('HDEL', KEYS[1], ARGV[1]) end
return has`;
