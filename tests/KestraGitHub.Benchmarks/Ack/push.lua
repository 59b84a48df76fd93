-- wrk's part of `ack`: the same signed push again and again, to each path in turn, with a guid of its own each time.
-- With BENCH_RATE (calls a second, all connections together) it waits for its turn instead of going on at once.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanoseconds; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]

local heads, tail, count = {}, "", 0

function init(args)
  local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
  local body = file:read("*a")
  file:close()
  for path in string.gmatch(os.getenv("BENCH_PATHS"), "[^,]+") do
    heads[#heads + 1] = "POST " .. path .. " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/044aadd\r\nAccept: */*\r\n"
      .. "Content-Type: application/json\r\nX-GitHub-Event: push\r\nX-GitHub-Hook-ID: 292430182\r\n"
      .. "X-GitHub-Hook-Installation-Target-ID: 79929171\r\nX-GitHub-Hook-Installation-Target-Type: repository\r\n"
      .. "X-Hub-Signature-256: " .. os.getenv("BENCH_SIGNATURE") .. "\r\nContent-Length: " .. #body .. "\r\nX-GitHub-Delivery: "
  end
  tail = "\r\n\r\n" .. body
  math.randomseed(tonumber(os.getenv("BENCH_SEED")))
end

function request()
  count = count + 1
  local r = math.random
  return heads[count % #heads + 1]
    .. string.format("%08x-%04x-4%03x-8%03x-%06x%06x", r(0, 4294967295), r(0, 65535), r(0, 4095), r(0, 4095), r(0, 16777215), r(0, 16777215))
    .. tail
end

local rate = tonumber(os.getenv("BENCH_RATE") or "")
if rate then
  local time, due = ffi.new("bench_time"), nil
  function delay()
    ffi.C.clock_gettime(1, time)
    local now = tonumber(time.seconds) * 1000 + tonumber(time.nanoseconds) / 1e6
    due = math.max(due or now, now - 1000) + 1000 / rate
    return math.max(0, math.floor(due - now + 0.5))
  end
end

function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
    e.connect + e.read + e.write + e.timeout))
end
