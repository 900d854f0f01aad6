-- Takes one request of each quota, or of none where one of them is used up, as `Ledger::take` does:
-- KEYS their keys, ARGV for each its step and its window in microseconds. Answers whether it was
-- taken, what time it is, and when each quota is whole again.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed = 1
local before, after = {}, {}
for at, key in ipairs(KEYS) do
    local step, window = tonumber(ARGV[2 * at - 1]), tonumber(ARGV[2 * at])
    before[at] = tonumber(redis.call('GET', key) or '0')
    after[at] = math.max(before[at], now) + step
    if after[at] - now > window then
        allowed = 0
    end
end
if allowed == 0 then
    return {0, now, before}
end
for at, key in ipairs(KEYS) do
    local left = math.ceil((after[at] - now) / 1000)
    redis.call('SET', key, string.format('%.0f', after[at]), 'PX', string.format('%.0f', left))
end
return {1, now, after}
